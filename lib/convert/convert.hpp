// A table from one file to another, without a script between.
#pragma once

#include "base/result.hpp"
#include "source/open.hpp"
#include "spec/job_spec.hpp"

#include <atomic>
#include <cstdint>

namespace alinktf::convert {

/// How far a pass over a table is. Written by the thread that works, read by any.
struct Progress {
  std::atomic<std::uint64_t> rows_in{0};
  std::atomic<std::uint64_t> rows_out{0};
  std::atomic<bool> stop{false};      ///< set by others: end with kCancelled
  std::atomic<bool> printing{false};  ///< rows go to standard output: no line may cross them
};

/// What became of the rows.
struct Counts {
  source::ReadCounts read;
  std::uint64_t written = 0;
};

/// Every row that was read is written, left out by `where`, or skipped: else kInternal.
Result<void> check_conservation(const Counts& counts);

/// Read the input of `job`, apply select, where and selectedCols, and write its output, which
/// appears when all rows are there. `cancel_fd` becoming readable ends a wait for a pipe. kSpec,
/// kInput, kOutput as source and sink; kInternal if rows have been lost on the way. TFRecord files
/// without a schema are copied record by record.
Result<Counts> convert(const spec::JobSpec& job, int cancel_fd, Progress& progress);

}  // namespace alinktf::convert
