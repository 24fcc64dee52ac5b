#include "sink/row_format.hpp"

#include "formats/ak/meta.hpp"
#include "formats/ak/writer.hpp"
#include "formats/csv/writer.hpp"
#include "formats/example/encoder.hpp"
#include "formats/jsonl/writer.hpp"
#include "spec/spec.hpp"

#include <fmt/format.h>

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

class AkContainer final : public Packer {
 public:
  explicit AkContainer(const table::Schema& schema) : container_(schema) {}

  Result<void> add(std::string_view bytes, Buffer& out) override {
    return container_.add(bytes, out);
  }
  Result<void> flush(Buffer& out) override { return container_.flush(out); }
  Result<void> finish(Buffer& out) override { return container_.finish(out); }

 private:
  ak::Container container_;
};

class AkFormat final : public RowFormat {
 public:
  explicit AkFormat(const table::Schema& schema) : schema_(schema), writer_(schema) {}

  Result<void> append_row(std::span<const table::Cell> row, Buffer& out) override {
    return writer_.append_row(row, out);
  }
  [[nodiscard]] std::unique_ptr<Packer> make_container() const override {
    return std::make_unique<AkContainer>(schema_);
  }

 private:
  table::Schema schema_;
  ak::Writer writer_;
};

}  // namespace

void RowFormat::append_head(Buffer& /*out*/) {}

std::unique_ptr<Packer> RowFormat::make_container() const {
  return nullptr;
}

Result<std::unique_ptr<RowFormat>> make_row_format(const spec::OutputSpec& spec,
                                                   const table::Schema& schema) {
  switch (spec.format) {
    case spec::Format::kCsv:
      return std::unique_ptr<RowFormat>(std::make_unique<CsvFormat>(schema, spec.csv));
    case spec::Format::kTfrecord:
      return std::unique_ptr<RowFormat>(std::make_unique<TfrecordFormat>(schema));
    case spec::Format::kJsonl:
      return std::unique_ptr<RowFormat>(std::make_unique<JsonlFormat>(schema));
    case spec::Format::kAk:
      ALINKTF_TRY(ak::check_schema(schema, "output", ErrorCode::kSpec));
      return std::unique_ptr<RowFormat>(std::make_unique<AkFormat>(schema));
    case spec::Format::kRandom:
    case spec::Format::kSavedModel:
      break;
  }
  return Error(ErrorCode::kSpec,
               fmt::format("output: found format {}, expected csv, tfrecord, jsonl or ak",
                           spec::format_name(spec.format)));
}

}  // namespace alinktf::sink
