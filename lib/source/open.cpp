#include "source/open.hpp"

#include "source/encode.hpp"
#include "source/files.hpp"
#include "source/input_reader.hpp"
#include "source/parallel_csv.hpp"
#include "source/pass_through.hpp"
#include "source/project.hpp"
#include "source/rejects.hpp"
#include "source/select.hpp"
#include "spec/component.hpp"
#include "sys/file_source.hpp"

#include <algorithm>
#include <filesystem>
#include <thread>
#include <utility>

namespace alinktf::source {

namespace {

Result<Table> apply_select(Table table, const spec::JobSpec& job) {
  if (job.select.empty() && job.where.empty()) {
    return table;
  }
  ALINKTF_ASSIGN_OR_RETURN(auto reader,
                           SelectReader::open(std::move(table.rows),
                                              {.select = job.select,
                                               .where = job.where,
                                               .seed = job.seed,
                                               .types_at_hand = spec::family_of(job.component) ==
                                                                spec::Family::kStream}));
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

/// How many threads may parse the job's input; 1 if it must be read in one.
std::size_t parser_threads(const spec::JobSpec& job) {
  constexpr unsigned kMost = 4;
  if (job.input.format != spec::Format::kCsv || !job.select.empty() || !job.where.empty()) {
    return 1;
  }
  return job.input.threads != 0 ? static_cast<std::size_t>(job.input.threads)
                                : std::min(std::thread::hardware_concurrency(), kMost);
}

bool is_regular(const std::string& file) {
  std::error_code error;
  return std::filesystem::is_regular_file(file, error);
}

/// True if the columns are known without a job file that names them, and can be looked at twice.
bool tells_columns(const spec::InputSpec& input) {
  return !has_files(input) ||
         (input.format == spec::Format::kAk && input.file_paths.front() != "-" &&
          std::all_of(input.file_paths.begin(), input.file_paths.end(), [](const auto& path) {
            std::error_code error;
            return !std::filesystem::exists(path, error) || is_regular(path) ||
                   std::filesystem::is_directory(path, error);
          }));
}

Result<void> precheck_files(const spec::InputSpec& input, bool& reads_stdin) {
  if (!has_files(input)) {
    ALINKTF_TRY(InputReader::open(input, -1));  // generates and packs nothing yet
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

Result<void> check_columns(const table::Schema& schema, const std::vector<std::string>& names) {
  ALINKTF_TRY(find_columns(schema, names));
  return {};
}

}  // namespace

bool is_endless(const spec::InputSpec& input) {
  if (input.format == spec::Format::kRandom || input.file_paths.size() != 1) {
    return false;
  }
  const std::string& path = input.file_paths.front();
  std::error_code error;
  const auto type = std::filesystem::status(path == "-" ? "/dev/stdin" : path, error).type();
  return type == std::filesystem::file_type::fifo || type == std::filesystem::file_type::socket ||
         type == std::filesystem::file_type::character;
}

Result<void> precheck(const spec::JobSpec& job) {
  bool reads_stdin = false;
  ALINKTF_TRY(precheck_files(job.input, reads_stdin));
  for (const spec::InputSpec& input : job.broadcast_inputs) {
    ALINKTF_TRY(precheck_files(input, reads_stdin));
  }
  if (job.input.format == spec::Format::kTfrecord && job.input.schema.empty() &&
      !PassThrough::suits(job)) {
    return Error(ErrorCode::kSpec,
                 "/input/schemaStr: missing, expected the columns of the TFRecord files, because "
                 "select, where or selectedCols need them");
  }
  table::Schema schema = job.input.schema;
  if (tells_columns(job.input)) {
    ALINKTF_ASSIGN_OR_RETURN(const auto generated, InputReader::open(job.input, -1));
    schema = generated->schema();
  }
  // With a select, only SQLite knows the columns.
  return job.select.empty() && !schema.empty() ? check_columns(schema, job.selected_cols)
                                               : Result<void>();
}

Result<Table> open(const spec::JobSpec& job, int cancel_fd, table::BadRowTaker* bad_rows) {
  ALINKTF_ASSIGN_OR_RETURN(auto input, InputReader::open(job.input, cancel_fd, bad_rows));
  auto& reader = *input;
  Table table{.rows = std::move(input),
              .counts = [&reader] { return reader.counts(); },
              .finish = [&reader] { return reader.finish(); }};
  return shape(std::move(table), job);
}

Result<Table> shape(Table table, const spec::JobSpec& job) {
  ALINKTF_ASSIGN_OR_RETURN(table, apply_select(std::move(table), job));
  return apply_selected_cols(std::move(table), job);
}

Result<std::unique_ptr<RecordStream>> open_records(const spec::JobSpec& job,
                                                   int cancel_fd,
                                                   RecordForm form) {
  if (PassThrough::suits(job)) {
    ALINKTF_ASSIGN_OR_RETURN(auto stream, PassThrough::open(job.input, cancel_fd));
    return std::unique_ptr<RecordStream>(std::move(stream));
  }
  const std::size_t threads = parser_threads(job);
  if (threads > 1) {
    ALINKTF_ASSIGN_OR_RETURN(auto files, expand_files(job.input));
    if (std::all_of(files.begin(), files.end(), is_regular)) {
      ALINKTF_ASSIGN_OR_RETURN(
          auto stream,
          ParallelCsv::open(job, std::move(files), {.threads = threads, .form = form}));
      return std::unique_ptr<RecordStream>(std::move(stream));
    }
  }
  ALINKTF_ASSIGN_OR_RETURN(Table table, open(job, cancel_fd));
  return std::unique_ptr<RecordStream>(std::make_unique<EncodeStream>(std::move(table)));
}

}  // namespace alinktf::source
