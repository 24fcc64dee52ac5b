#include "spec/document.hpp"

#include "base/text.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdint>
#include <utility>

namespace alinktf::spec {

namespace {

using nlohmann::json;

constexpr std::size_t kDeepest = 100;

/// "line L, column C" of the byte before `offset`, both from 1; columns count characters.
std::string position(std::string_view text, std::size_t offset) {
  constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";
  std::string_view before = text.substr(0, offset == 0 ? 0 : offset - 1);
  if (before.substr(0, kByteOrderMark.size()) == kByteOrderMark) {
    before.remove_prefix(kByteOrderMark.size());
  }
  const auto line = 1 + std::count(before.begin(), before.end(), '\n');
  before.remove_prefix(before.rfind('\n') + 1);  // npos + 1 is 0
  const auto column =
      1 + std::count_if(before.begin(), before.end(), [](char c) {
        return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;  // not inside a UTF-8 sequence
      });
  return fmt::format("line {}, column {}", line, column);
}

/// The library's message without its own id and position.
std::string reason(std::string_view what) {
  const std::size_t id = what.find("] ");
  what.remove_prefix(id == std::string_view::npos ? 0 : id + 2);
  if (what.substr(0, 15) == "parse error at ") {
    const std::size_t colon = what.find(": ");
    what.remove_prefix(colon == std::string_view::npos ? 0 : colon + 2);
  }
  return std::string(what);
}

/// Builds the tree from the parser's events.
class Builder final : public json::json_sax_t {
 public:
  explicit Builder(std::string_view text) : text_(text) {}

  bool null() override { return scalar(Kind::kNull, "null"); }
  bool boolean(bool value) override { return scalar(Kind::kBool, value ? "true" : "false"); }
  bool number_integer(number_integer_t value) override {
    // The parser calls this for literals with a minus only, so 0 was written -0.
    return scalar(Kind::kNumber, value == 0 ? "-0" : std::to_string(value));
  }
  bool number_unsigned(number_unsigned_t value) override {
    return scalar(Kind::kNumber, std::to_string(value));
  }
  bool number_float(number_float_t /*value*/, const string_t& literal) override {
    return scalar(Kind::kNumber, literal);
  }
  bool string(string_t& value) override { return scalar(Kind::kString, std::move(value)); }
  bool binary(binary_t& /*value*/) override { return false; }  // not in JSON text
  bool start_object(std::size_t /*size*/) override { return open(Kind::kObject); }
  bool key(string_t& name) override {
    key_ = std::move(name);
    return true;
  }
  bool end_object() override { return close(); }
  bool start_array(std::size_t /*size*/) override { return open(Kind::kArray); }
  bool end_array() override { return close(); }
  bool parse_error(std::size_t offset,
                   const std::string& /*token*/,
                   const nlohmann::detail::exception& error) override {
    error_ = fmt::format("{}: {}", position(text_, offset), reason(error.what()));
    return false;
  }

  [[nodiscard]] const std::string& error() const { return error_; }
  Node take() { return std::move(root_); }

 private:
  Node* add(Kind kind, std::string text) {
    Node node;
    node.kind = kind;
    node.key = std::exchange(key_, {});
    node.text = std::move(text);
    node.order = ++count_;
    if (open_.empty()) {
      root_ = std::move(node);
      return &root_;
    }
    // Pointers in open_ stay valid: a node's children grow only while it is the innermost.
    return &open_.back()->children.emplace_back(std::move(node));
  }
  bool scalar(Kind kind, std::string text) {
    add(kind, std::move(text));
    return true;
  }
  bool open(Kind kind) {
    if (open_.size() == kDeepest) {
      error_ = fmt::format("lists and objects lie more than {} levels deep", kDeepest);
      return false;
    }
    open_.push_back(add(kind, {}));
    return true;
  }
  bool close() {
    open_.pop_back();
    return true;
  }

  std::string_view text_;
  Node root_;
  std::vector<Node*> open_;
  std::string key_;
  std::size_t count_ = 0;
  std::string error_;
};

std::string escape_step(std::string_view key) {
  std::string out;
  for (const char c : key) {
    out += c == '~' ? std::string("~0") : c == '/' ? std::string("~1") : std::string(1, c);
  }
  return out;
}

}  // namespace

Result<Node> read_json(std::string_view text) {
  Builder builder(text);
  const bool parsed = json::sax_parse(text.begin(),
                                      text.end(),
                                      &builder,
                                      json::input_format_t::json,
                                      /*strict=*/true,
                                      /*ignore_comments=*/true);
  if (!parsed) {
    return Error(ErrorCode::kSpec, builder.error());
  }
  return builder.take();
}

std::string write_json(const Node& node) {
  if (node.kind == Kind::kString) {
    return json_string(node.text);
  }
  if (node.kind != Kind::kArray && node.kind != Kind::kObject) {
    return node.text;
  }
  const bool object = node.kind == Kind::kObject;
  std::string out(1, object ? '{' : '[');
  for (const Node& child : node.children) {
    if (out.size() > 1) {
      out += ',';
    }
    if (object) {
      out += json_string(child.key) + ':';
    }
    out += write_json(child);
  }
  return out + (object ? '}' : ']');
}

std::string json_string(std::string_view text) {
  return json(text).dump(-1, ' ', false, json::error_handler_t::replace);
}

void set_places(Node& node, std::string place) {
  node.place = std::move(place);
  for (std::size_t i = 0; i < node.children.size(); ++i) {
    Node& child = node.children[i];
    set_places(child,
               node.kind == Kind::kObject ? member_place(node, child.key)
                                          : fmt::format("{}/{}", node.place, i));
  }
}

std::string member_place(const Node& object, std::string_view key) {
  return fmt::format("{}/{}", object.place, escape_step(key));
}

std::optional<std::string> text_of(const Node& node) {
  const bool literal = node.kind == Kind::kNumber || node.kind == Kind::kBool;
  if (node.kind != Kind::kString && !(node.from_override && literal)) {
    return {};
  }
  return node.text;
}

std::string describe(const Node& node) {
  switch (node.kind) {
    case Kind::kString:
      return quote(node.text);
    case Kind::kArray:
      return node.children.empty() ? "an empty list" : "a list";
    case Kind::kObject:
      return "an object";
    case Kind::kNumber:
      return "the number " + node.text;
    case Kind::kBool:
    case Kind::kNull:
      break;
  }
  return node.text;
}

}  // namespace alinktf::spec
