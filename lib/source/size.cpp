#include "source/size.hpp"

#include "source/encode.hpp"
#include "source/files.hpp"
#include "source/input_reader.hpp"
#include "source/open.hpp"
#include "source/pass_through.hpp"
#include "sys/file_source.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>

namespace alinktf::source {

namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kSampleBytes = std::uint64_t{4} << 20U;  ///< of the input or the records
constexpr std::uint64_t kSampleRows = std::uint64_t{1} << 16U;   ///< of a generated table
constexpr double kMostBytes = 1e18;

/// How much of the input is enough to judge by: bytes of files, rows of a generated table.
class Sample {
 public:
  explicit Sample(const spec::InputSpec& input)
      : generated_(input.format == spec::Format::kRandom), before_(sys::FileSource::bytes_read()) {}

  void add_rows(std::uint64_t rows) { rows_ += rows; }
  /// What has been read of the input: rows of a generated table, bytes of files.
  [[nodiscard]] std::uint64_t read() const {
    return generated_ ? rows_ : sys::FileSource::bytes_read() - before_;
  }
  [[nodiscard]] bool enough() const { return read() >= (generated_ ? kSampleRows : kSampleBytes); }
  void cut() { cut_ = true; }
  /// True if there is more of the input.
  [[nodiscard]] bool is_cut() const { return cut_; }

 private:
  bool generated_;
  std::uint64_t before_;
  std::uint64_t rows_ = 0;
  bool cut_ = false;
};

/// The first rows of an input, as if there were no more.
class FirstRows final : public table::RowReader {
 public:
  FirstRows(std::unique_ptr<InputReader> rows, Sample& sample)
      : rows_(std::move(rows)), sample_(sample) {}

  [[nodiscard]] const table::Schema& schema() const override { return rows_->schema(); }
  Result<void> read(table::RowBlock& block) override {
    if (sample_.enough()) {
      block.clear();
      sample_.cut();
      return {};
    }
    ALINKTF_TRY(rows_->read(block));
    sample_.add_rows(block.rows());
    return {};
  }

 private:
  std::unique_ptr<InputReader> rows_;
  Sample& sample_;
};

/// Rows that the job leaves out are no reason to stop.
class Ignored final : public table::BadRowTaker {
 public:
  Result<void> take(const table::BadRow& /*row*/) override { return {}; }
};

/// True if the files are surely not packed, so that their records are what lies on the disk.
Result<bool> is_plain(const spec::InputSpec& input) {
  if (input.compression != spec::Compression::kAuto) {
    return input.compression == spec::Compression::kNone;
  }
  ALINKTF_ASSIGN_OR_RETURN(const auto files, expand_files(input));
  for (const std::string& file : files) {
    std::array<char, 2> head{};
    std::ifstream(file, std::ios::binary).read(head.data(), head.size());
    if (head == std::array{'\x1f', '\x8b'} || head[0] == '\x78') {  // gzip, zlib
      return false;
    }
  }
  return true;
}

/// The beginning of the input as records. `ignored` and `sample` must outlive the stream.
Result<std::unique_ptr<RecordStream>> open_sample(const spec::JobSpec& job,
                                                  Ignored& ignored,
                                                  Sample& sample) {
  if (PassThrough::suits(job)) {
    ALINKTF_ASSIGN_OR_RETURN(auto stream, PassThrough::open(job.input, -1));
    return std::unique_ptr<RecordStream>(std::move(stream));
  }
  const bool fails = job.input.bad_rows.action == spec::BadRowSpec::Action::kFail;
  ALINKTF_ASSIGN_OR_RETURN(auto input,
                           InputReader::open(job.input, -1, fails ? nullptr : &ignored));
  ALINKTF_ASSIGN_OR_RETURN(auto table,
                           shape({.rows = std::make_unique<FirstRows>(std::move(input), sample),
                                  .counts = [] { return ReadCounts(); },
                                  .finish = [] { return Result<void>(); }},
                                 job));
  return std::unique_ptr<RecordStream>(std::make_unique<EncodeStream>(std::move(table)));
}

/// Read the sample; `whole` is what all of the input is, in the sample's unit.
Result<RecordBytes> measure(RecordStream& stream, Sample& sample, std::uint64_t whole) {
  std::uint64_t bytes = 0;
  RecordBatch batch;
  for (;;) {
    ALINKTF_TRY(stream.read(batch));
    if (batch.empty()) {
      break;
    }
    bytes += batch.chunk.size() - batch.head_bytes();
    if (bytes >= kSampleBytes || sample.enough()) {
      sample.cut();
      break;
    }
  }
  if (!sample.is_cut() || sample.read() == 0) {
    return RecordBytes{.bytes = bytes, .exact = true};
  }
  const double share = static_cast<double>(sample.read()) / static_cast<double>(whole);
  const double all = static_cast<double>(bytes) / std::min(share, 1.0);
  return RecordBytes{.bytes = static_cast<std::uint64_t>(std::min(all, kMostBytes))};
}

}  // namespace

Result<std::optional<std::uint64_t>> file_bytes(const spec::InputSpec& input) {
  using Bytes = std::optional<std::uint64_t>;
  if (!has_files(input)) {
    return Bytes();
  }
  ALINKTF_ASSIGN_OR_RETURN(const auto files, expand_files(input));
  std::uint64_t bytes = 0;
  for (const std::string& file : files) {
    std::error_code error;
    if (!fs::is_regular_file(file, error)) {
      return Bytes();
    }
    bytes += fs::file_size(file, error);
  }
  return Bytes(bytes);
}

Result<std::optional<RecordBytes>> record_bytes(const spec::JobSpec& job) {
  using Bytes = std::optional<RecordBytes>;
  const bool generated = job.input.format == spec::Format::kRandom;
  ALINKTF_ASSIGN_OR_RETURN(const auto on_disk, file_bytes(job.input));
  if (!generated && !on_disk) {
    return Bytes();
  }
  if (PassThrough::suits(job)) {
    ALINKTF_ASSIGN_OR_RETURN(const bool plain, is_plain(job.input));
    if (plain) {
      return Bytes({.bytes = *on_disk, .exact = true});
    }
  }
  Sample sample(job.input);
  Ignored ignored;
  ALINKTF_ASSIGN_OR_RETURN(const auto stream, open_sample(job, ignored, sample));
  const auto whole = generated ? static_cast<std::uint64_t>(job.input.num_rows) : *on_disk;
  ALINKTF_ASSIGN_OR_RETURN(const RecordBytes bytes, measure(*stream, sample, whole));
  return Bytes(bytes);
}

}  // namespace alinktf::source
