// csv_to_examples IN.csv OUT.tfrecords [SELECT [WHERE]]: the table of csv_gen through our reader
// and encoder, to be timed against csv_floor, and with SELECT and WHERE against itself without.
// Prints rows and CPU seconds.
#include "base/byte_source.hpp"
#include "formats/csv/reader.hpp"
#include "formats/example/encoder.hpp"
#include "source/select.hpp"
#include "table/schema.hpp"

#include <iostream>
#include <memory>

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

namespace {

using namespace alinktf;  // NOLINT(google-build-using-namespace): a program of one file.

constexpr std::size_t kFlushBytes = std::size_t{1} << 20U;

class File final : public ByteSource {
 public:
  explicit File(std::string name)
      : name_(std::move(name)), fd_(::open(name_.c_str(), O_RDONLY | O_CLOEXEC)) {}
  ~File() override { ::close(fd_); }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  File(File&&) = delete;
  File& operator=(File&&) = delete;

  Result<std::size_t> read(char* to, std::size_t size) override {
    const ssize_t got = ::read(fd_, to, size);
    if (got < 0) {
      return os_error(ErrorCode::kInput, name_);
    }
    return static_cast<std::size_t>(got);
  }
  [[nodiscard]] const std::string& name() const override { return name_; }

 private:
  std::string name_;
  int fd_;
};

Result<void> write_all(int fd, Buffer& bytes) {
  for (std::size_t done = 0; done < bytes.size();) {
    const ssize_t wrote = ::write(fd, bytes.data() + done, bytes.size() - done);
    if (wrote < 0) {
      return os_error(ErrorCode::kOutput, "write");
    }
    done += static_cast<std::size_t>(wrote);
  }
  bytes.clear();
  return {};
}

Result<void> write_if_full(int fd, Buffer& bytes) {
  return bytes.size() >= kFlushBytes ? write_all(fd, bytes) : Result<void>();
}

/// The table in the file `from`, through SQL if `sql` asks for any.
Result<std::unique_ptr<table::RowReader>> open(const std::string& from,
                                               const source::SelectOptions& sql) {
  ALINKTF_ASSIGN_OR_RETURN(
      table::Schema schema,
      table::parse_schema("f0 double, f1 double, f2 double, f3 double, f4 double, f5 double, "
                          "f6 double, f7 double, f8 double, f9 double, label long"));
  csv::Options options;
  options.header = true;
  ALINKTF_ASSIGN_OR_RETURN(auto csv,
                           csv::Reader::open(std::make_unique<File>(from), schema, options));
  if (sql.select.empty() && sql.where.empty()) {
    return std::unique_ptr<table::RowReader>(std::move(csv));
  }
  ALINKTF_ASSIGN_OR_RETURN(auto select, source::SelectReader::open(std::move(csv), sql));
  return std::unique_ptr<table::RowReader>(std::move(select));
}

Result<void> append_all(example::Encoder& encoder, const table::RowBlock& block, Buffer& out) {
  for (std::size_t row = 0; row < block.rows(); ++row) {
    ALINKTF_TRY(encoder.append_framed(block.row(row), out));
  }
  return {};
}

Result<std::uint64_t> convert(const std::string& from, const source::SelectOptions& sql, int to) {
  ALINKTF_ASSIGN_OR_RETURN(auto reader, open(from, sql));
  example::Encoder encoder(reader->schema());
  table::RowBlock block(reader->schema().size());
  std::uint64_t rows = 0;
  Buffer out;
  do {
    ALINKTF_TRY(reader->read(block));
    ALINKTF_TRY(append_all(encoder, block, out));
    rows += block.rows();
    ALINKTF_TRY(write_if_full(to, out));
  } while (block.rows() != 0);
  ALINKTF_TRY(write_all(to, out));
  return rows;
}

double cpu_seconds() {
  struct rusage usage {};
  ::getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + 1e-6 * static_cast<double>(time.tv_usec);
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

}  // namespace

int main(int argc, char** argv) {
  const bool good = argc >= 3 && argc <= 5;
  const int out = good ? ::open(argv[2], O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644) : -1;
  if (out < 0) {
    std::cerr << "usage: csv_to_examples IN.csv OUT.tfrecords [SELECT [WHERE]]\n";
    return 2;
  }
  const source::SelectOptions sql{.select = argc > 3 ? argv[3] : "",
                                  .where = argc > 4 ? argv[4] : ""};
  const Result<std::uint64_t> rows = convert(argv[1], sql, out);
  if (!rows.ok()) {
    std::cerr << rows.error().str() << '\n';
    return 1;
  }
  std::cerr << rows.value() << " rows, " << cpu_seconds() << " s CPU\n";
  return 0;
}
