#include "source/open.hpp"

#include "base/text.hpp"
#include "formats/csv/reader.hpp"
#include "formats/java_random/random_table.hpp"
#include "source/project.hpp"
#include "source/select.hpp"
#include "sys/file_source.hpp"

namespace alinktf::source {

namespace {

csv::Options csv_options(const spec::InputSpec& input) {
  return {.field_delimiter = input.csv.field_delimiter,
          .row_delimiter = input.csv.row_delimiter,
          .quote_char = input.csv.quote_char,
          .header = input.csv.header,
          .skip_blank_line = input.skip_blank_line,
          .ignore_first_line = input.ignore_first_line,
          .lenient = input.bad_rows.action == spec::BadRowSpec::Action::kSkip};
}

Result<Table> open_csv(const spec::InputSpec& input, int cancel_fd) {
  ALINKTF_ASSIGN_OR_RETURN(auto file, sys::FileSource::open(input.file_paths.front()));
  file->set_cancel_fd(cancel_fd);
  ALINKTF_ASSIGN_OR_RETURN(auto reader,
                           csv::Reader::open(std::move(file), input.schema, csv_options(input)));
  auto counts = [csv = reader.get()] {
    return ReadCounts{.read = csv->rows_read() + csv->skipped(), .skipped = csv->skipped()};
  };
  return Table{.rows = std::move(reader), .counts = std::move(counts)};
}

Result<Table> open_random(const spec::InputSpec& input) {
  ALINKTF_ASSIGN_OR_RETURN(
      auto reader,
      java_random::RandomTable::open({.num_rows = input.num_rows,
                                      .num_cols = static_cast<std::size_t>(input.num_cols),
                                      .id_col = input.id_col,
                                      .output_cols = input.output_cols}));
  auto counts = [random = reader.get()] { return ReadCounts{.read = random->rows_read()}; };
  return Table{.rows = std::move(reader), .counts = std::move(counts)};
}

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
  return Table{.rows = std::move(reader), .counts = std::move(counts)};
}

Result<Table> apply_selected_cols(Table table, const spec::JobSpec& job) {
  if (job.selected_cols.empty()) {
    return table;
  }
  ALINKTF_ASSIGN_OR_RETURN(table.rows, project(std::move(table.rows), job.selected_cols));
  return table;
}

}  // namespace

Result<void> precheck(const spec::JobSpec& job) {
  if (job.input.format != spec::Format::kCsv) {
    return {};
  }
  ALINKTF_TRY(sys::FileSource::check(job.input.file_paths.front()));
  if (job.select.empty()) {  // else only SQLite knows the columns
    ALINKTF_TRY(find_columns(job.input.schema, job.selected_cols));
  }
  return {};
}

Result<Table> open(const spec::JobSpec& job, int cancel_fd) {
  const bool csv = job.input.format == spec::Format::kCsv;
  ALINKTF_ASSIGN_OR_RETURN(Table table,
                           csv ? open_csv(job.input, cancel_fd) : open_random(job.input));
  ALINKTF_ASSIGN_OR_RETURN(table, apply_select(std::move(table), job));
  return apply_selected_cols(std::move(table), job);
}

}  // namespace alinktf::source
