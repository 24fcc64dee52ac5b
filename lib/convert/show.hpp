// What a file of rows holds, for a person or a script that asks.
#pragma once

#include "base/result.hpp"
#include "convert/convert.hpp"
#include "convert/infer.hpp"
#include "spec/job_spec.hpp"

#include <cstdint>
#include <optional>

namespace alinktf::convert {

struct ShowOptions {
  std::uint64_t rows = 10;  ///< how many to print
  bool verify = false;      ///< read all rows, every column of them
  bool json = false;        ///< print facts as one JSON object, and no rows
};

/// Print on standard output what the input of `job` is: files, format, size, number of rows,
/// columns, and its first rows after select, where and selectedCols. Without a schema it is
/// inferred. Rows are counted without parsing them; with `verify` each is parsed, and bad
/// ones are an error after the first 20 were logged, if there is more than one. kInput, kSpec;
/// kOutput if standard output cannot be written.
Result<void> show(spec::JobSpec job, const ShowOptions& options, int cancel_fd, Progress& progress);

/// How many rows the files of `input` have, bad ones included. Does not parse them, so it is fast.
Result<std::uint64_t> count_rows(const spec::InputSpec& input, int cancel_fd, Progress& progress);

}  // namespace alinktf::convert
