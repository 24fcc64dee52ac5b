// The one table of the job file's keys: parse() follows it, json_schema() prints it.
#pragma once

#include "spec/job_spec.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace alinktf::spec {

/// What is read from a job file: the JobSpec and what it takes to finish it.
struct Draft {
  JobSpec spec;
  std::optional<Format> format;       ///< input.format, if it stands there
  std::string input_path;             ///< input.filePath
  bool lenient = false;               ///< input.lenient
  std::optional<bool> skip_bad_rows;  ///< input.onBadRow
  bool native_params = false;         ///< userParamTypes
  std::string id_col;                 ///< input.idCol; empty: none
};

// The kinds of values. Each knows where the value goes.

struct Text {
  std::string* to;
  bool may_be_empty = false;
  std::string_view what = "a string that is not empty";  ///< for messages
};
struct Delimiter {
  std::string* to;
};
/// One ASCII character; null or "" for none.
struct QuoteChar {
  std::optional<char>* to;
};
struct Flag {
  bool* to;
};
struct Integer {
  std::int64_t least;
  std::int64_t most;
  std::function<void(std::int64_t)> set;
};
/// "500ms", "30s", "10m", "2h".
struct Duration {
  std::chrono::milliseconds least;
  std::function<void(std::chrono::milliseconds)> set;
};
/// One of `names`; `later` are those of other versions. `set` gets the index.
struct Choice {
  std::vector<std::string_view> names;
  std::vector<std::string_view> later;
  std::function<void(std::size_t)> set;
};
/// A list of different column names, at least one.
struct Names {
  std::vector<std::string>* to;
};
/// An object of texts.
struct Texts {
  std::map<std::string, std::string>* to;
};
/// A file's path, made absolute; "-" stays.
struct Path {
  std::string* to;
};
struct SchemaText {
  table::Schema* to;
};
/// One path or a list of paths; user_files.cpp reads it.
struct Files {};
/// An object, or its JSON text; user_params.cpp reads it.
struct Params {};
/// Of no meaning to the job.
struct Ignored {};
/// Known, but not to this version; `harmless` is the JSON text of a value that changes nothing.
struct Later {
  std::string_view harmless = {};
};

struct Field;
struct Object {
  std::vector<Field> fields;
};

using Value = std::variant<Text,
                           Delimiter,
                           QuoteChar,
                           Flag,
                           Integer,
                           Duration,
                           Choice,
                           Names,
                           Texts,
                           Path,
                           SchemaText,
                           Files,
                           Params,
                           Ignored,
                           Later,
                           Object>;

enum class Presence { kOptional, kRequired };

struct Field {
  std::string_view name;
  std::vector<std::string_view> aliases;
  Value value;
  std::string_view fallback;     ///< the default as JSON text; "null": none, and null may be given
  std::string_view description;  ///< for the JSON Schema
  Presence presence = Presence::kOptional;
  std::optional<Format> only = {};  ///< a key (required or not) of this input format alone
  std::string_view limits = {};     ///< added where a value is of the wrong kind

  /// True if `key` is its name or an alias.
  [[nodiscard]] bool is_called(std::string_view key) const;
};

/// The table; what it reads goes to `draft`, which must outlive it.
std::vector<Field> job_fields(Draft& draft);

/// The entry called `key`, by its name or an alias; null if there is none.
const Field* find_field(const std::vector<Field>& fields, std::string_view key);

/// The members of the object `name` of the table.
const std::vector<Field>& members_of(const std::vector<Field>& fields, std::string_view name);

/// What a value must be, for messages: "an integer of at least 1".
std::string expectation(const Field& field);

/// "a, b, c".
std::string joined(const std::vector<std::string_view>& words);

}  // namespace alinktf::spec
