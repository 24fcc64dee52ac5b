// What the steps of one parse() share.
#pragma once

#include "spec/document.hpp"
#include "spec/fields.hpp"
#include "spec/problems.hpp"
#include "spec/spec.hpp"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace alinktf::spec {

struct Session {
  explicit Session(const Context& surroundings, Profile which = Profile::kJob)
      : context(surroundings),
        profile(which),
        fields(which == Profile::kJob ? job_fields(draft) : table_fields(draft)) {}
  Session(const Session&) = delete;  // fields point into draft
  Session& operator=(const Session&) = delete;
  Session(Session&&) = delete;
  Session& operator=(Session&&) = delete;
  ~Session() = default;

  const Context& context;
  Profile profile;
  Draft draft;
  std::vector<Field> fields;
  Problems problems;
  /// The values that stand in the file, by their key's own name: "numWorkers", "input.numRows".
  /// Problems or not; null that stands for "none" is not here.
  std::map<std::string, const Node*, std::less<>> given;

  /// The value of `key`, or null.
  [[nodiscard]] const Node* find(std::string_view key) const {
    const auto found = given.find(key);
    return found == given.end() ? nullptr : found->second;
  }
};

/// Report doubled keys anywhere in `node` and drop all but their first values.
void drop_doubled_keys(Node& node, Problems& problems);

/// Put the values of --set into the document.
void apply_overrides(Node& root, Session& session);

/// Replace ${env:NAME} in every string of `node`; $${ stands for ${.
void substitute_environment(Node& node, Session& session);

/// Read the members of `object` by the table `fields`; `prefix` is "" or e.g. "input.".
void read_object(const Node& object,
                 const std::vector<Field>& fields,
                 const std::string& prefix,
                 Session& session);

/// Read one value and put it where its field says.
void read_value(const Node& node, const Field& field, const std::string& name, Session& session);

/// `text`, a path that stands at `at`, made absolute: file:// is dropped, and relative paths start
/// at the job file, those of --set at the working directory. Nothing, and a problem, if it is empty
/// or remote.
std::optional<std::string> resolve_path(const Node& at, const std::string& text, Session& session);

/// Resolve userFiles, mainScriptFile and pythonEnv and see that the files are there.
void check_user_files(Session& session);

/// Type the user params as userParamTypes asks.
void check_user_params(Session& session);

/// The rules between keys: what a component or format needs and what must not meet. `root` is the
/// whole document.
void check_rules(const Node& root, Session& session);

/// The rules of one input and of its object `node`; `prefix` is that of its keys, e.g. "input.".
void check_input(const Node& node, const std::string& prefix, InputDraft& draft, Session& session);

/// The rules of the output.
void check_output(Session& session);

/// The format of the file `path` that stands at `node`: by the ending, CSV for "-". `key` is
/// "input" or "output". Nothing, and a problem, if it cannot be told.
std::optional<Format> format_of(const Node& node,
                                const std::string& path,
                                std::string_view key,
                                Session& session);

/// The endings of files of `format`, in lower case and without .gz.
std::vector<std::string_view> endings_of(Format format);

/// Keys of other formats are refused, since they would do nothing; those it needs must be there.
/// `fields` are the members of the object `node`.
void check_format_keys(const Node& node,
                       const std::string& prefix,
                       const std::vector<Field>& fields,
                       Format format,
                       Session& session);

/// Delimiters and the quote character must not meet. `prefix` is as in check_input.
void check_csv(const CsvSpec& csv, const std::string& prefix, Session& session);

}  // namespace alinktf::spec
