#include "sink/output.hpp"

#include "base/bytes.hpp"
#include "formats/csv/writer.hpp"
#include "sink/table_printer.hpp"
#include "sys/atomic_file.hpp"

namespace alinktf::sink {

namespace {

constexpr std::size_t kWriteBytes = 256U << 10U;

class CsvOutput final : public Output {
 public:
  CsvOutput(sys::AtomicFile file, const table::Schema& schema, const csv::Options& options)
      : file_(std::move(file)), writer_(schema, options) {
    writer_.append_header(buffer_);
  }

  Result<void> append(std::span<const table::Cell> row) override {
    writer_.append_row(row, buffer_);
    return buffer_.size() < kWriteBytes ? Result<void>() : write();
  }

  Result<void> finish() override {
    ALINKTF_TRY(write());
    return file_.commit();
  }

 private:
  Result<void> write() {
    ALINKTF_TRY(file_.write(buffer_.view()));
    buffer_.clear();
    return {};
  }

  sys::AtomicFile file_;
  csv::Writer writer_;
  Buffer buffer_;
};

}  // namespace

Result<std::unique_ptr<Output>> open_output(const spec::OutputSpec& spec,
                                            const table::Schema& schema,
                                            Display display) {
  ALINKTF_ASSIGN_OR_RETURN(
      auto file,
      sys::AtomicFile::create(spec.file_path,
                              spec.overwrite_sink ? sys::Overwrite::kYes : sys::Overwrite::kNo));
  if (display == Display::kTable) {
    return std::unique_ptr<Output>(std::make_unique<TablePrinter>(std::move(file), schema));
  }
  const csv::Options options{.field_delimiter = spec.csv.field_delimiter,
                             .row_delimiter = spec.csv.row_delimiter,
                             .quote_char = spec.csv.quote_char,
                             .header = spec.csv.header};
  return std::unique_ptr<Output>(std::make_unique<CsvOutput>(std::move(file), schema, options));
}

}  // namespace alinktf::sink
