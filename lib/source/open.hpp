// From the job file's input keys to a table to read.
#pragma once

#include "base/result.hpp"
#include "source/record_stream.hpp"
#include "spec/job_spec.hpp"
#include "table/bad_row.hpp"
#include "table/row_block.hpp"

#include <functional>
#include <memory>

namespace alinktf::source {

/// An opened input: its rows as the job wants them, and the counts of what was read for them.
struct Table {
  std::unique_ptr<table::RowReader> rows;
  std::function<ReadCounts()> counts;
  /// As RecordStream::finish(): to be called after the pass.
  std::function<Result<void>()> finish;
};

/// True if the input is a pipe, a terminal or the like, which ends when somebody says so.
bool is_endless(const spec::InputSpec& input);

/// Check what can be checked without reading: files are there and readable, standard input is read
/// by one input at most, selected columns exist as far as the schema is known, a file for rejected
/// rows can be written. kInput, kSpec, kOutput.
Result<void> precheck(const spec::JobSpec& job);

/// Open the job's input, apply select, where and selectedCols. Reads the header line and, for
/// computed columns, the first 1,000 rows. `cancel_fd` becoming readable ends a read that waits
/// for a pipe; -1 for none. `bad_rows`: takes all rows that do not parse, whatever onBadRow says;
/// they are not counted then. `job` and `bad_rows` must outlive the table. kInput, kSpec.
Result<Table> open(const spec::JobSpec& job, int cancel_fd, table::BadRowTaker* bad_rows = nullptr);

/// What open() makes of the opened input `table`: select, where and selectedCols are applied.
Result<Table> shape(Table table, const spec::JobSpec& job);

/// The same input as the records that workers get; batches that are read have the form `form`.
/// `job` must outlive the stream.
Result<std::unique_ptr<RecordStream>> open_records(const spec::JobSpec& job,
                                                   int cancel_fd,
                                                   RecordForm form = RecordForm::kTfrecord);

}  // namespace alinktf::source
