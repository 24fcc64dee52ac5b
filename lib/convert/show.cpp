#include "convert/show.hpp"

#include "convert/meter.hpp"
#include "log/log.hpp"
#include "sink/output.hpp"
#include "source/files.hpp"
#include "spec/document.hpp"
#include "spec/spec.hpp"

#include <fmt/format.h>

#include <cstdio>

namespace alinktf::convert {

namespace {

/// What is known of an input.
struct Facts {
  std::vector<std::string> files;
  std::optional<std::uint64_t> bytes;
  std::optional<Inferred> inferred;
  std::optional<std::uint64_t> rows;
};

std::string grouped(std::uint64_t number) {
  std::string digits = std::to_string(number);
  for (std::size_t at = digits.size(); at > 3;) {
    at -= 3;
    digits.insert(at, ",");
  }
  return digits;
}

std::string text_of(const Facts& facts, const spec::InputSpec& input) {
  std::string text = facts.files.size() == 1 ? fmt::format("file    {}\n", facts.files.front())
                                             : fmt::format("files   {}, {} to {}\n",
                                                           grouped(facts.files.size()),
                                                           facts.files.front(),
                                                           facts.files.back());
  text += fmt::format("format  {}\n", spec::format_name(input.format));
  if (facts.bytes) {
    text += fmt::format("bytes   {}\n", grouped(*facts.bytes));
  }
  if (facts.rows) {
    text += fmt::format("rows    {}\n", grouped(*facts.rows));
  }
  if (!input.schema.empty()) {
    text += fmt::format("schema  {}\n", table::to_string(input.schema));
  }
  if (facts.inferred) {
    text += fmt::format("        inferred from the first rows; to use it: {}\n",
                        as_options(*facts.inferred));
    for (const std::string& key : facts.inferred->left_out) {
      text += fmt::format("        left out: {}, no column type holds it\n", key);
    }
  }
  return text;
}

std::string json_of(const Facts& facts, const spec::InputSpec& input) {
  std::string files;
  for (const std::string& file : facts.files) {
    files += (files.empty() ? "" : ",") + spec::json_string(file);
  }
  const auto number = [](const std::optional<std::uint64_t>& value) {
    return value ? std::to_string(*value) : "null";
  };
  return fmt::format(
      R"({{"files":[{}],"format":"{}","bytes":{},"rows":{},"schemaStr":{},"header":{},"inferred":{}}})"
      "\n",
      files,
      spec::format_name(input.format),
      number(facts.bytes),
      number(facts.rows),
      spec::json_string(table::to_string(input.schema)),
      input.csv.header,
      facts.inferred.has_value());
}

Result<void> print(const std::string& text) {
  if (std::fputs(text.c_str(), stdout) < 0 || std::fflush(stdout) != 0) {
    return os_error(ErrorCode::kOutput, "standard output");
  }
  return {};
}

/// Read the table: to its end if `whole`, else as far as rows are printed. Returns the rows of the
/// input.
Result<std::uint64_t> read_table(
    const spec::JobSpec& job, std::uint64_t most, bool whole, int cancel_fd, Progress& progress) {
  ALINKTF_ASSIGN_OR_RETURN(const source::Table table, source::open(job, cancel_fd));
  ALINKTF_ASSIGN_OR_RETURN(auto printer,
                           sink::open_output({}, table.rows->schema(), sink::Display::kTable));
  table::RowBlock block(table.rows->schema().size());
  std::uint64_t printed = 0;
  while (whole || printed < most) {
    ALINKTF_TRY(table.rows->read(block));
    for (std::size_t i = 0; i < block.rows() && printed < most; ++i, ++printed) {
      ALINKTF_TRY(printer->append(block.row(i)));
    }
    progress.rows_in.store(table.counts().read, std::memory_order_relaxed);
    if (progress.stop) {
      return Error(ErrorCode::kCancelled, "stopped");
    }
    if (block.rows() == 0) {
      break;
    }
  }
  ALINKTF_TRY(table.finish());
  if (most > 0) {
    ALINKTF_TRY(printer->finish());
  }
  return table.counts().read;
}

}  // namespace

Result<void> show(spec::JobSpec job,
                  const ShowOptions& options,
                  int cancel_fd,
                  Progress& progress) {
  ALINKTF_TRY(source::precheck(job));
  Facts facts;
  ALINKTF_ASSIGN_OR_RETURN(facts.files, source::expand_files(job.input));
  facts.bytes = input_bytes(job.input);
  if (job.input.schema.empty()) {
    ALINKTF_ASSIGN_OR_RETURN(facts.inferred, infer(job.input));
    apply(*facts.inferred, job.input);
  }
  const bool again = facts.bytes.has_value();  // regular files can be read twice
  if (again && !options.verify) {
    ALINKTF_ASSIGN_OR_RETURN(facts.rows, count_rows(job.input, cancel_fd, progress));
  }
  if (options.verify || (options.json && !again)) {
    ALINKTF_ASSIGN_OR_RETURN(facts.rows, read_table(job, 0, true, cancel_fd, progress));
  }
  progress.printing = true;
  log::status("");
  ALINKTF_TRY(print(options.json ? json_of(facts, job.input) : text_of(facts, job.input)));
  if (options.json || options.rows == 0 || (options.verify && !again)) {
    return {};
  }
  ALINKTF_TRY(print("\n"));
  ALINKTF_TRY(read_table(job, options.rows, false, cancel_fd, progress));
  return {};
}

}  // namespace alinktf::convert
