#include "sink/row_format.hpp"

#include "formats/csv/writer.hpp"
#include "formats/example/encoder.hpp"
#include "formats/jsonl/writer.hpp"

namespace alinktf::sink {

namespace {

class CsvFormat final : public RowFormat {
 public:
  CsvFormat(const table::Schema& schema, const spec::CsvSpec& csv)
      : writer_(schema,
                {.field_delimiter = csv.field_delimiter,
                 .row_delimiter = csv.row_delimiter,
                 .quote_char = csv.quote_char,
                 .header = csv.header}) {}

  void append_head(Buffer& out) override { writer_.append_header(out); }
  Result<void> append_row(std::span<const table::Cell> row, Buffer& out) override {
    writer_.append_row(row, out);
    return {};
  }

 private:
  csv::Writer writer_;
};

class TfrecordFormat final : public RowFormat {
 public:
  explicit TfrecordFormat(const table::Schema& schema) : encoder_(schema) {}

  Result<void> append_row(std::span<const table::Cell> row, Buffer& out) override {
    return encoder_.append_framed(row, out);
  }

 private:
  example::Encoder encoder_;
};

class JsonlFormat final : public RowFormat {
 public:
  explicit JsonlFormat(const table::Schema& schema) : writer_(schema) {}

  Result<void> append_row(std::span<const table::Cell> row, Buffer& out) override {
    writer_.append_row(row, out);
    return {};
  }

 private:
  jsonl::Writer writer_;
};

}  // namespace

void RowFormat::append_head(Buffer& /*out*/) {}

Result<std::unique_ptr<RowFormat>> make_row_format(const spec::OutputSpec& spec,
                                                   const table::Schema& schema) {
  switch (spec.format) {
    case spec::Format::kCsv:
      return std::unique_ptr<RowFormat>(std::make_unique<CsvFormat>(schema, spec.csv));
    case spec::Format::kTfrecord:
      return std::unique_ptr<RowFormat>(std::make_unique<TfrecordFormat>(schema));
    case spec::Format::kJsonl:
      return std::unique_ptr<RowFormat>(std::make_unique<JsonlFormat>(schema));
    case spec::Format::kRandom:
      break;
  }
  return Error(ErrorCode::kSpec, "output: found format random, expected csv, tfrecord or jsonl");
}

}  // namespace alinktf::sink
