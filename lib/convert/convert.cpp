#include "convert/convert.hpp"

#include "convert/copy_records.hpp"
#include "sink/output.hpp"

#include <fmt/format.h>

namespace alinktf::convert {

namespace {

Result<void> append(const table::RowBlock& block, sink::Output& output) {
  for (std::size_t i = 0; i < block.rows(); ++i) {
    ALINKTF_TRY(output.append(block.row(i)));
  }
  return {};
}

Result<void> copy(const source::Table& table, sink::Output& output, Progress& progress) {
  table::RowReader& rows = *table.rows;
  table::RowBlock block(rows.schema().size());
  std::uint64_t written = 0;
  for (;;) {
    ALINKTF_TRY(rows.read(block));
    if (block.rows() == 0) {
      return {};
    }
    ALINKTF_TRY(append(block, output));
    written += block.rows();
    progress.rows_in.store(table.counts().read, std::memory_order_relaxed);
    progress.rows_out.store(written, std::memory_order_relaxed);
    if (progress.stop.load(std::memory_order_relaxed)) {
      return Error(ErrorCode::kCancelled, "stopped");
    }
  }
}

}  // namespace

Result<void> check_conservation(const Counts& counts) {
  if (counts.read.read == counts.written + counts.read.filtered + counts.read.skipped) {
    return {};
  }
  return Error(ErrorCode::kInternal,
               fmt::format("rows were lost or doubled: {} read, but {} written, {} filtered and {} "
                           "skipped",
                           counts.read.read,
                           counts.written,
                           counts.read.filtered,
                           counts.read.skipped));
}

Result<Counts> convert(const spec::JobSpec& job, int cancel_fd, Progress& progress) {
  if (copies_records(job)) {
    return copy_records(job, cancel_fd, progress);
  }
  ALINKTF_TRY(source::precheck(job));
  ALINKTF_ASSIGN_OR_RETURN(const source::Table table, source::open(job, cancel_fd));
  ALINKTF_ASSIGN_OR_RETURN(
      auto output, sink::open_output(job.output, table.rows->schema(), sink::Display::kCsv));
  auto copied = copy(table, *output, progress);
  auto rejected = table.finish();  // whatever came: rejected rows tell why
  ALINKTF_TRY(std::move(copied));
  ALINKTF_TRY(std::move(rejected));
  const Counts counts{.read = table.counts(), .written = progress.rows_out};
  ALINKTF_TRY(check_conservation(counts));
  ALINKTF_TRY(output->finish());
  return counts;
}

}  // namespace alinktf::convert
