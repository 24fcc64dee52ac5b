#include "source/open.hpp"

#include "source/encode.hpp"
#include "source/files.hpp"
#include "source/input_reader.hpp"
#include "source/project.hpp"
#include "source/rejects.hpp"
#include "source/select.hpp"
#include "sys/file_source.hpp"

#include <utility>

namespace alinktf::source {

namespace {

Result<Table> apply_select(Table table, const spec::JobSpec& job) {
  if (job.select.empty() && job.where.empty()) {
    return table;
  }
  ALINKTF_ASSIGN_OR_RETURN(
      auto reader,
      SelectReader::open(std::move(table.rows),
                         {.select = job.select, .where = job.where, .seed = job.seed}));
  auto counts = [before = std::move(table.counts), select = reader.get()] {
    ReadCounts all = before();
    all.filtered = select->rows_taken() - select->rows_given();
    return all;
  };
  return Table{
      .rows = std::move(reader), .counts = std::move(counts), .finish = std::move(table.finish)};
}

Result<Table> apply_selected_cols(Table table, const spec::JobSpec& job) {
  if (job.selected_cols.empty()) {
    return table;
  }
  ALINKTF_ASSIGN_OR_RETURN(table.rows, project(std::move(table.rows), job.selected_cols));
  return table;
}

Result<void> precheck_files(const spec::InputSpec& input, bool& reads_stdin) {
  if (input.format == spec::Format::kRandom) {
    ALINKTF_TRY(open_random(input));  // generates nothing yet
    return {};
  }
  ALINKTF_ASSIGN_OR_RETURN(const auto files, expand_files(input));
  for (const std::string& file : files) {
    if (file == "-" && std::exchange(reads_stdin, true)) {
      return Error(ErrorCode::kInput,
                   "input '-': standard input is read already, expected \"-\" once in a job");
    }
    ALINKTF_TRY(sys::FileSource::check(file));
  }
  return Rejects::precheck(input.bad_rows);
}

}  // namespace

Result<void> precheck(const spec::JobSpec& job) {
  bool reads_stdin = false;
  ALINKTF_TRY(precheck_files(job.input, reads_stdin));
  for (const spec::InputSpec& input : job.broadcast_inputs) {
    ALINKTF_TRY(precheck_files(input, reads_stdin));
  }
  if (job.select.empty() && !job.input.schema.empty()) {  // else only the reader knows the columns
    ALINKTF_TRY(find_columns(job.input.schema, job.selected_cols));
  }
  return {};
}

Result<Table> open(const spec::JobSpec& job, int cancel_fd) {
  ALINKTF_ASSIGN_OR_RETURN(auto input, InputReader::open(job.input, cancel_fd));
  auto& reader = *input;
  Table table{.rows = std::move(input),
              .counts = [&reader] { return reader.counts(); },
              .finish = [&reader] { return reader.finish(); }};
  ALINKTF_ASSIGN_OR_RETURN(table, apply_select(std::move(table), job));
  return apply_selected_cols(std::move(table), job);
}

Result<std::unique_ptr<RecordStream>> open_records(const spec::JobSpec& job, int cancel_fd) {
  ALINKTF_ASSIGN_OR_RETURN(Table table, open(job, cancel_fd));
  return std::unique_ptr<RecordStream>(std::make_unique<EncodeStream>(std::move(table)));
}

}  // namespace alinktf::source
