#include "convert/show.hpp"

#include "base/text.hpp"
#include "convert/meter.hpp"
#include "formats/gzip/format.hpp"
#include "log/log.hpp"
#include "sink/output.hpp"
#include "source/files.hpp"
#include "source/input_reader.hpp"
#include "spec/document.hpp"
#include "spec/spec.hpp"
#include "sys/file_source.hpp"
#include "table/bad_row.hpp"

#include <fmt/format.h>

#include <array>
#include <cstdio>

namespace alinktf::convert {

namespace {

constexpr std::string_view kNotPacked = "none";
/// So many bad rows are listed.
constexpr std::uint64_t kListedRows = 20;

/// What is known of an input.
struct Facts {
  std::vector<std::string> files;
  std::optional<std::uint64_t> bytes;
  std::string packing;  ///< none, gzip, zlib or mixed; empty if that cannot be told
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
  if (!facts.packing.empty() && facts.packing != kNotPacked) {
    text += fmt::format("packed  {}\n", facts.packing);
  }
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
      R"({{"files":[{}],"format":"{}","compression":{},"bytes":{},"rows":{},"schemaStr":{},"header":{},"inferred":{}}})"
      "\n",
      files,
      spec::format_name(input.format),
      facts.packing.empty() ? "null" : json_text(facts.packing),
      number(facts.bytes),
      number(facts.rows),
      spec::json_string(table::to_string(input.schema)),
      input.csv.header,
      facts.inferred.has_value());
}

std::string_view packing_name(gzip::Format format) {
  switch (format) {
    case gzip::Format::kGzip:
      return "gzip";
    case gzip::Format::kZlib:
      return "zlib";
    default:
      return kNotPacked;
  }
}

/// How one file is packed, by its first bytes unless `input` says it.
Result<gzip::Format> packing_of(const spec::InputSpec& input, const std::string& path) {
  switch (input.compression) {
    case spec::Compression::kGzip:
      return gzip::Format::kGzip;
    case spec::Compression::kZlib:
      return gzip::Format::kZlib;
    case spec::Compression::kNone:
      return gzip::Format::kNone;
    case spec::Compression::kAuto:
      break;
  }
  ALINKTF_ASSIGN_OR_RETURN(const auto file, sys::FileSource::open(path));
  std::array<char, gzip::kGuessBytes> head{};
  std::size_t size = 0;
  for (std::size_t got = 1; got != 0 && size < head.size(); size += got) {
    ALINKTF_ASSIGN_OR_RETURN(got, file->read(head.data() + size, head.size() - size));
  }
  return gzip::guess(
      {head.data(), size},
      input.format == spec::Format::kTfrecord ? gzip::Content::kRecords : gzip::Content::kText);
}

/// How all of the files are packed, in a word.
Result<std::string> packing_of(const spec::InputSpec& input,
                               const std::vector<std::string>& files) {
  std::string all;
  for (const std::string& file : files) {
    ALINKTF_ASSIGN_OR_RETURN(const gzip::Format format, packing_of(input, file));
    if (!all.empty() && all != packing_name(format)) {
      return std::string("mixed");
    }
    all = packing_name(format);
  }
  return all;
}

/// Lists the first bad rows, and counts them all.
class BadRowList final : public table::BadRowTaker {
 public:
  Result<void> take(const table::BadRow& row) override {
    if (count_++ == 0) {
      first_ = row.reason;
      return {};
    }
    if (count_ == 2) {
      log::message(log::Level::kError, first_);
    }
    if (count_ <= kListedRows) {
      log::message(log::Level::kError, row.reason);
    }
    return {};
  }

  [[nodiscard]] std::uint64_t count() const { return count_; }
  /// What to say of them, if there are any, beside `good` other rows.
  [[nodiscard]] Result<void> error(std::uint64_t good) const {
    if (count_ < 2) {
      return count_ == 0 ? Result<void>() : Error(ErrorCode::kInput, first_);
    }
    return Error(
        ErrorCode::kInput,
        fmt::format("{} of {} rows are bad; {} above",
                    grouped(count_),
                    grouped(count_ + good),
                    count_ <= kListedRows ? "they are listed"
                                          : fmt::format("the first {} are listed", kListedRows)));
  }

 private:
  std::uint64_t count_ = 0;
  std::string first_;
};

Result<void> print(const std::string& text) {
  if (std::fputs(text.c_str(), stdout) < 0 || std::fflush(stdout) != 0) {
    return os_error(ErrorCode::kOutput, "standard output");
  }
  return {};
}

/// Print the rows of `block`, but no more than `most` in all.
Result<void> print_rows(sink::Output& printer,
                        const table::RowBlock& block,
                        std::uint64_t most,
                        std::uint64_t& printed) {
  for (std::size_t i = 0; i < block.rows() && printed < most; ++i, ++printed) {
    ALINKTF_TRY(printer.append(block.row(i)));
  }
  return {};
}

/// Read the table: to its end if `whole`, else as far as rows are printed. Returns the rows of the
/// input. If `whole`, all bad rows are listed, unless the job leaves them out.
Result<std::uint64_t> read_table(
    const spec::JobSpec& job, std::uint64_t most, bool whole, int cancel_fd, Progress& progress) {
  BadRowList bad_rows;
  const bool list = whole && job.input.bad_rows.action == spec::BadRowSpec::Action::kFail;
  ALINKTF_ASSIGN_OR_RETURN(const source::Table table,
                           source::open(job, cancel_fd, list ? &bad_rows : nullptr));
  ALINKTF_ASSIGN_OR_RETURN(auto printer,
                           sink::open_output({}, table.rows->schema(), sink::Display::kTable));
  table::RowBlock block(table.rows->schema().size());
  std::uint64_t printed = 0;
  while (whole || printed < most) {
    ALINKTF_TRY(table.rows->read(block));
    ALINKTF_TRY(print_rows(*printer, block, most, printed));
    progress.rows_in.store(table.counts().read, std::memory_order_relaxed);
    if (progress.stop) {
      return Error(ErrorCode::kCancelled, "stopped");
    }
    if (block.rows() == 0) {
      break;
    }
  }
  ALINKTF_TRY(table.finish());
  ALINKTF_TRY(bad_rows.error(table.counts().read));
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
  facts.files = job.input.file_paths;
  if (source::has_files(job.input)) {
    ALINKTF_ASSIGN_OR_RETURN(facts.files, source::expand_files(job.input));
  }
  facts.bytes = input_bytes(job.input);
  if (job.input.schema.empty()) {
    ALINKTF_ASSIGN_OR_RETURN(auto inferred, infer(job.input));
    apply(inferred, job.input);
    const auto format = job.input.format;
    if (format != spec::Format::kAk && format != spec::Format::kSavedModel) {  // guessed, not told
      facts.inferred = std::move(inferred);
    }
  }
  const bool again = facts.bytes.has_value();  // regular files can be read twice
  if (again && source::has_files(job.input)) {
    ALINKTF_ASSIGN_OR_RETURN(facts.packing, packing_of(job.input, facts.files));
  }
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
