#include "source/input_reader.hpp"

#include "base/text.hpp"
#include "formats/ak/reader.hpp"
#include "formats/csv/reader.hpp"
#include "formats/example/table_reader.hpp"
#include "formats/gzip/inflate.hpp"
#include "formats/java_random/random_table.hpp"
#include "formats/jsonl/reader.hpp"
#include "model/packed_model.hpp"
#include "source/files.hpp"
#include "sys/file_source.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace alinktf::source {

namespace {

/// `rejects`, if bad rows do not end the reading.
table::BadRowTaker* taker(const spec::InputSpec& input, table::BadRowTaker* rejects) {
  return input.bad_rows.action == spec::BadRowSpec::Action::kFail ? nullptr : rejects;
}

gzip::Format packing(spec::Compression compression) {
  switch (compression) {
    case spec::Compression::kAuto:
      return gzip::Format::kAuto;
    case spec::Compression::kGzip:
      return gzip::Format::kGzip;
    case spec::Compression::kZlib:
      return gzip::Format::kZlib;
    case spec::Compression::kNone:
      break;
  }
  return gzip::Format::kNone;
}

/// The same types under the same names, case left aside.
bool same_columns(const table::Schema& a, const table::Schema& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const auto& one, const auto& other) {
    return one.type == other.type && equal_ignoring_case(one.name, other.name);
  });
}

Result<std::unique_ptr<table::RowReader>> open_saved_model(const spec::InputSpec& input) {
  if (input.file_paths.size() != 1) {
    return Error(ErrorCode::kInput,
                 fmt::format("input: found {} paths, expected one directory of a SavedModel",
                             input.file_paths.size()));
  }
  ALINKTF_ASSIGN_OR_RETURN(auto model, model::PackedModel::open(input.file_paths.front()));
  return std::unique_ptr<table::RowReader>(std::move(model));
}

}  // namespace

csv::Options csv_options(const spec::InputSpec& input, table::BadRowTaker* rejects) {
  return {.field_delimiter = input.csv.field_delimiter,
          .row_delimiter = input.csv.row_delimiter,
          .quote_char = input.csv.quote_char,
          .header = input.csv.header,
          .skip_blank_line = input.skip_blank_line,
          .ignore_first_line = input.ignore_first_line,
          .null_for_invalid = input.null_for_invalid,
          .bad_rows = taker(input, rejects)};
}

Result<std::unique_ptr<table::RowReader>> open_random(const spec::InputSpec& input) {
  ALINKTF_ASSIGN_OR_RETURN(
      auto reader,
      java_random::RandomTable::open({.num_rows = input.num_rows,
                                      .num_cols = static_cast<std::size_t>(input.num_cols),
                                      .id_col = input.id_col,
                                      .output_cols = input.output_cols,
                                      .output_col_confs = input.output_col_confs}));
  return std::unique_ptr<table::RowReader>(std::move(reader));
}

bool has_files(const spec::InputSpec& input) {
  return input.format != spec::Format::kRandom && input.format != spec::Format::kSavedModel;
}

Result<std::unique_ptr<ByteSource>> open_bytes(const spec::InputSpec& input,
                                               const std::string& path,
                                               int cancel_fd) {
  ALINKTF_ASSIGN_OR_RETURN(auto file, sys::FileSource::open(path));
  file->set_cancel_fd(cancel_fd);
  return gzip::inflate(
      std::move(file),
      packing(input.compression),
      input.format == spec::Format::kTfrecord ? gzip::Content::kRecords : gzip::Content::kText);
}

Result<std::unique_ptr<InputReader>> InputReader::open(const spec::InputSpec& input,
                                                       int cancel_fd,
                                                       table::BadRowTaker* bad_rows) {
  std::vector<std::string> files;
  if (has_files(input)) {
    ALINKTF_ASSIGN_OR_RETURN(files, expand_files(input));
  }
  // The constructor is private, so std::make_unique cannot call it.
  std::unique_ptr<InputReader> reader(new InputReader(input, std::move(files), cancel_fd));
  reader->bad_rows_ = bad_rows;
  if (input.format == spec::Format::kRandom) {
    ALINKTF_ASSIGN_OR_RETURN(reader->reader_, open_random(input));
  } else if (input.format == spec::Format::kSavedModel) {
    ALINKTF_ASSIGN_OR_RETURN(reader->reader_, open_saved_model(input));
  } else {
    ALINKTF_TRY(reader->open_next());
  }
  return reader;
}

table::BadRowTaker* InputReader::taker() {
  return bad_rows_ != nullptr ? bad_rows_ : source::taker(input_, &rejects_);
}

Result<void> InputReader::open_next() {
  invalid_values_ += invalid_in_file_ ? invalid_in_file_() : 0;
  invalid_in_file_ = nullptr;
  ALINKTF_ASSIGN_OR_RETURN(auto bytes, open_bytes(input_, files_.at(next_++), cancel_fd_));
  switch (input_.format) {
    case spec::Format::kCsv: {
      csv::Options options = csv_options(input_, &rejects_);
      options.bad_rows = taker();
      ALINKTF_ASSIGN_OR_RETURN(auto reader,
                               csv::Reader::open(std::move(bytes), input_.schema, options));
      invalid_in_file_ = [&csv = *reader] { return csv.invalid_values(); };
      reader_ = std::move(reader);
      return {};
    }
    case spec::Format::kJsonl: {
      auto reader = std::make_unique<jsonl::Reader>(
          std::move(bytes), input_.schema, taker(), input_.null_for_invalid);
      invalid_in_file_ = [&jsonl = *reader] { return jsonl.invalid_values(); };
      reader_ = std::move(reader);
      return {};
    }
    case spec::Format::kTfrecord:
      reader_ = std::make_unique<example::TableReader>(std::move(bytes), input_.schema, taker());
      return {};
    case spec::Format::kAk:
      return open_ak(std::move(bytes));
    case spec::Format::kRandom:
    case spec::Format::kSavedModel:
      break;
  }
  return Error(ErrorCode::kInternal, "generated tables and models have no files of rows");
}

/// The columns stand in each file. They must be those of the job file, or of the first one.
Result<void> InputReader::open_ak(std::unique_ptr<ByteSource> bytes) {
  const std::string name = bytes->name();
  ALINKTF_ASSIGN_OR_RETURN(auto reader, ak::Reader::open(std::move(bytes)));
  const table::Schema& expected =
      reader_ == nullptr || !input_.schema.empty() ? input_.schema : reader_->schema();
  if (!expected.empty() && !same_columns(reader->schema(), expected)) {
    return Error(ErrorCode::kInput,
                 fmt::format("input '{}': has the columns {}, expected {}, {}",
                             name,
                             quote(table::to_string(reader->schema())),
                             quote(table::to_string(expected)),
                             input_.schema.empty() ? "as the first file"
                                                   : "as schemaStr says, which may be left out"));
  }
  reader_ = std::move(reader);
  return {};
}

Result<void> InputReader::read(table::RowBlock& block) {
  for (;;) {
    ALINKTF_TRY(reader_->read(block));
    if (block.rows() != 0 || next_ == files_.size()) {
      rows_ += block.rows();
      return {};
    }
    ALINKTF_TRY(open_next());
  }
}

ReadCounts InputReader::counts() const {
  return {.read = rows_ + rejects_.count(),
          .skipped = rejects_.count(),
          .invalid_values = invalid_values_ + (invalid_in_file_ ? invalid_in_file_() : 0)};
}

}  // namespace alinktf::source
