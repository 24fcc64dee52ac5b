// A JSON document as a tree that keeps what checking needs and JSON libraries drop: the text of
// every number, doubled keys, the order of the file, and which values came from the command line.
#pragma once

#include "base/result.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace alinktf::spec {

enum class Kind { kNull, kBool, kNumber, kString, kArray, kObject };

/// One JSON value.
struct Node {
  Kind kind = Kind::kNull;
  std::string key;             ///< its key, if it lies in an object
  std::string text;            ///< a string's value; the literal of a number, true, false or null
  std::vector<Node> children;  ///< of an array or object, in file order; doubled keys are all there
  std::string place;           ///< what messages call it: its JSON pointer, or "--set KEY"
  std::size_t order = 0;       ///< its turn in the file, for sorting problems
  bool from_override = false;  ///< came with --set
};

/// Parse JSON text (comments allowed, nothing after the value, at most 100 levels deep).
///
/// kSpec "line L, column C: …" at a syntax error. Numbers keep their own literal text, whatever
/// their size; a number too large for a double is an error, as in the JSON library.
Result<Node> read_json(std::string_view text);

/// Compact JSON text of `node`: no blanks, numbers by their own text, keys in order.
std::string write_json(const Node& node);

/// `text` as a JSON string literal, quotes included.
std::string json_string(std::string_view text);

/// Fill `place` of `node` and everything in it; `place` is that of `node` itself.
void set_places(Node& node, std::string place);

/// The place of member `key` of `object`: "/" and the key, with ~ and / escaped (RFC 6901).
std::string member_place(const Node& object, std::string_view key);

/// The string that `node` is. A value from the command line that looks like a number, true or false
/// counts too, since nobody quotes it there.
std::optional<std::string> text_of(const Node& node);

/// What was found, for messages: "the number 2", "'two'", "null", "a list", "an object".
std::string describe(const Node& node);

}  // namespace alinktf::spec
