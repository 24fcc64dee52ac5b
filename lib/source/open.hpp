// From the job file's input keys to a table to read.
#pragma once

#include "base/result.hpp"
#include "spec/job_spec.hpp"
#include "table/row_block.hpp"

#include <cstdint>
#include <functional>
#include <memory>

namespace alinktf::source {

/// What became of the rows of an input so far.
struct ReadCounts {
  std::uint64_t read = 0;      ///< rows of the input, skipped ones included
  std::uint64_t skipped = 0;   ///< rows that did not parse, left out as onBadRow asks
  std::uint64_t filtered = 0;  ///< rows that `where` left out
};

/// An opened input: its rows as the job wants them, and the counts of what was read for them.
struct Table {
  std::unique_ptr<table::RowReader> rows;
  std::function<ReadCounts()> counts;
};

/// Check what can be checked without reading: the file is there and readable, selected columns
/// exist as far as the schema is known. kInput, kSpec.
Result<void> precheck(const spec::JobSpec& job);

/// Open the job's input, apply select, where and selectedCols. Reads the header line and, for
/// computed columns, the first 1,000 rows. `cancel_fd` becoming readable ends a read that waits
/// for a pipe; -1 for none. kInput, kSpec.
Result<Table> open(const spec::JobSpec& job, int cancel_fd);

}  // namespace alinktf::source
