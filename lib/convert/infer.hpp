// The columns of files that come without a schema, from what stands at their beginning.
#pragma once

#include "base/result.hpp"
#include "spec/job_spec.hpp"
#include "table/schema.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace alinktf::convert {

/// What the first 1,000 rows of an input look like.
struct Inferred {
  table::Schema schema = {};
  /// CSV: what the first line is. kNames: the names of the columns, which `header` reads.
  /// kOther: names that cannot stand in a schema; `ignoreFirstLine` passes over them.
  enum class FirstLine { kRow, kNames, kOther };

  FirstLine first_line = FirstLine::kRow;
  std::vector<std::string> left_out = {};  ///< JSON keys whose values fit no column type
};

/// Look at the beginning of the first file of `input`. .ak files tell their columns. kInput if it
/// cannot be read, is empty, or is a pipe, which could not be read again.
Result<Inferred> infer(const spec::InputSpec& input);

/// The same for the text of a CSV file or of JSON lines; `is_whole` tells that nothing follows.
Result<Inferred> infer_csv(const spec::InputSpec& input, std::string_view text, bool is_whole);
Result<Inferred> infer_jsonl(std::string_view text, bool is_whole);

/// Use what was inferred.
void apply(const Inferred& inferred, spec::InputSpec& input);

/// The options that say the same on a command line: --schema "id BIGINT, name STRING" --header.
std::string as_options(const Inferred& inferred);

/// `text` in quotes for a shell.
std::string shell_quote(std::string_view text);

}  // namespace alinktf::convert
