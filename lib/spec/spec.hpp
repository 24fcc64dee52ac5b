// The job file: JSON text to JobSpec, all problems at once.
#pragma once

#include "base/result.hpp"
#include "spec/job_spec.hpp"

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace alinktf::spec {

/// A value that the command line gives to a key.
struct Setting {
  std::string key;         ///< a JSON pointer or dotted key
  std::string value;       ///< JSON, or else a string
  std::string place = {};  ///< what messages call it, such as "--input"; empty: "--set KEY"
};

/// What surrounds a job file; read in cmd/ and handed down.
struct Context {
  std::string file;               ///< the job file's path, for messages and the default name
  std::string directory;          ///< absolute; relative paths in the file start here
  std::string working_directory;  ///< absolute; relative paths on the command line start here
  /// The value of an environment variable, for ${env:NAME}.
  std::function<std::optional<std::string>(const std::string&)> environment;
  std::vector<Setting> overrides;  ///< in the order of the command line
};

/// Parse a job file (JSON; comments allowed; ${env:NAME} replaced in strings).
///
/// kSpec if anything is wrong. The message has one line per problem, each "POINTER: expected …,
/// found …", with the nearest known name for unknown keys; syntax errors give line and column.
Result<JobSpec> parse(std::string_view text, const Context& context);

/// What the command line alone says of a table: `context.overrides` may set input, output, select,
/// where, selectedCols and seed. The rest of the JobSpec has its defaults; schemas of any format
/// may be missing. kSpec as parse().
Result<JobSpec> parse_table(const Context& context);

/// The JSON Schema of the job file, from the same table that parse() follows.
std::string json_schema();

/// What the ending of `path` says, .gz left aside; nothing if it says nothing.
std::optional<Format> format_by_ending(std::string_view path);

/// True for names of archives, which user files and Python environments may be: .zip, .tar,
/// .tar.gz, .tgz, .tar.bz2, .tbz2, .tar.xz, .txz, .tar.zst, .tzst, in any case.
bool is_archive_name(std::string_view name);

/// True for the names of what the work directory of such a task holds besides user files, or the
/// models that its script is to leave.
bool is_reserved_name(std::string_view name, Family family);

/// As in the job file: "csv".
std::string_view format_name(Format format);

}  // namespace alinktf::spec
