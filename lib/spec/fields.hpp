// The one table of the job file's keys: parse() follows it, json_schema() prints it.
#pragma once

#include "spec/job_spec.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace alinktf::spec {

/// Which keys there are.
enum class Profile {
  kJob,    ///< those of a job file
  kTable,  ///< what reads and writes a table: input, output, select, where, selectedCols, seed
};

/// What is read of one input, and what it takes to finish it.
struct InputDraft {
  InputSpec spec;
  std::optional<Format> format;                  ///< if it stands there
  bool lenient = false;                          ///< Alink's word for onBadRow skip
  std::optional<BadRowSpec::Action> on_bad_row;  ///< onBadRow, if it is a word
  std::string id_col;                            ///< empty: none
};

/// What is read from a job file: the JobSpec and what it takes to finish it.
struct Draft {
  JobSpec spec;
  InputDraft input;
  InputDraft next_broadcast_input;  ///< the one that is being read
  std::vector<InputDraft> broadcast_inputs;
  std::optional<Format> output_format;  ///< output.format, if it stands there
  bool native_params = false;           ///< userParamTypes
  std::optional<int> parallelism;
  std::string model_path;       ///< modelPath
  std::string model_file_path;  ///< modelFilePath
  std::vector<std::string> reserved_cols;
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
/// "512MiB", "8GiB"; "0" is one too.
struct Size {
  std::uint64_t least;
  std::function<void(std::uint64_t bytes)> set;
};
/// One of `names`; `later` are those of other versions. `set` gets the index.
struct Choice {
  std::vector<std::string_view> names;
  std::vector<std::string_view> later;
  std::function<void(std::size_t)> set;
  bool any_case = false;
};
/// A list of different names, at least one unless it may be empty.
struct Names {
  std::vector<std::string>* to;
  bool may_be_empty = false;
  std::string_view what = "column name";  ///< for messages
};
/// An object of texts.
struct Texts {
  std::map<std::string, std::string>* to;
};
/// A file's path, made absolute; "-" stays.
struct Path {
  std::string* to;
};
/// Paths of files and directories, patterns, or "-": one or a list; made absolute.
struct Paths {
  std::vector<std::string>* to;
};
struct SchemaText {
  table::Schema* to;
};
/// One path, a list of paths and of objects {path, name}, or Alink's object {filePaths,
/// fileRenameMap}; user_files.cpp reads it.
struct Files {};
/// An object, or its JSON text; user_params.cpp reads it.
struct Params {};
/// How columns are generated: Alink's "name:uniform(0,1);…", or an object of that.
struct ColConfs {
  std::string* to;
};
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
/// One of some words, or an object.
struct ChoiceOrObject {
  Choice choice;
  std::vector<Field> fields;
};
/// A list of objects of the same members; `added` is called after each has been read.
struct Objects {
  std::vector<Field> fields;
  std::function<void()> added;
};

using Value = std::variant<Text,
                           Delimiter,
                           QuoteChar,
                           Flag,
                           Integer,
                           Duration,
                           Size,
                           Choice,
                           Names,
                           Texts,
                           Path,
                           Paths,
                           SchemaText,
                           Files,
                           Params,
                           ColConfs,
                           Ignored,
                           Later,
                           Object,
                           ChoiceOrObject,
                           Objects>;

enum class Presence { kOptional, kRequired };

struct Field {
  std::string_view name;
  std::vector<std::string_view> aliases;
  Value value;
  std::string_view fallback;     ///< the default as JSON text; "null": none, and null may be given
  std::string_view description;  ///< for the JSON Schema
  Presence presence = Presence::kOptional;
  std::vector<Format> only = {};  ///< a key of these formats alone; empty: of all
  std::vector<Format> not_needed_by =
      {};                             ///< those of `only` that do without though it is required
  std::vector<Family> families = {};  ///< a key of these components alone; empty: of all

  /// True if `key` is its name or an alias.
  [[nodiscard]] bool is_called(std::string_view key) const;
  /// True if `format` has this key.
  [[nodiscard]] bool is_of(Format format) const;
  /// True if components of `family` have this key.
  [[nodiscard]] bool is_of(Family family) const;
  /// True if it must be there, whatever else is.
  [[nodiscard]] bool is_always_needed() const;
  /// True if components of `family` must have it, though not all must.
  [[nodiscard]] bool is_needed_by(Family family) const;
  /// True if an input or output of `format` must have it, though not all must.
  [[nodiscard]] bool is_needed_by(Format format) const;
  /// The members of an object, or of the objects of a list; null if it is none.
  [[nodiscard]] const std::vector<Field>* members() const;
};

/// The table; what it reads goes to `draft`, which must outlive it.
std::vector<Field> job_fields(Draft& draft);
/// The part of it that has to do with tables.
std::vector<Field> table_fields(Draft& draft);

// The parts that describe inputs and the output.
std::vector<Field> input_fields(InputDraft& draft);
std::vector<Field> output_fields(Draft& draft);

/// Keys of planned versions: each name with the value that changes nothing, or "".
std::vector<Field> later_fields(
    std::initializer_list<std::pair<std::string_view, std::string_view>> keys);

/// The entry called `key`, by its name or an alias; null if there is none.
const Field* find_field(const std::vector<Field>& fields, std::string_view key);

/// The members of the object `name` of the table.
const std::vector<Field>& members_of(const std::vector<Field>& fields, std::string_view name);

/// What a value must be, for messages: "an integer of at least 1".
std::string expectation(const Field& field);

/// What `choice` takes: "one of fail, skip".
std::string expectation(const Choice& choice);

/// "a, b, c".
std::string joined(const std::vector<std::string_view>& words);

}  // namespace alinktf::spec
