// TFRecord files whose records go to the workers as they are.
#pragma once

#include "formats/tfrecord/reader.hpp"
#include "source/record_stream.hpp"
#include "spec/job_spec.hpp"

#include <memory>
#include <string>
#include <vector>

namespace alinktf::source {

/// The frames of an input's TFRecord files, one file after the other. Both CRCs of each record are
/// checked; nobody looks into it.
class PassThrough final : public RecordStream {
 public:
  /// Opens the first file. `input` must outlive the stream. kInput.
  static Result<std::unique_ptr<PassThrough>> open(const spec::InputSpec& input, int cancel_fd);

  /// True if nothing that the job asks for needs the records' columns.
  static bool suits(const spec::JobSpec& job);

  Result<void> read(RecordBatch& batch) override;
  [[nodiscard]] const table::Schema& schema() const override { return schema_; }
  [[nodiscard]] bool would_wait() const override { return !failed_ && reader_->would_wait(); }
  [[nodiscard]] ReadCounts counts() const override { return {.read = records_}; }

 private:
  PassThrough(const spec::InputSpec& input, std::vector<std::string> files, int cancel_fd)
      : input_(input), files_(std::move(files)), cancel_fd_(cancel_fd) {}

  Result<void> open_next();
  Result<bool> next_frame(std::string_view& frame);
  Result<void> fill(RecordBatch& batch);

  const spec::InputSpec& input_;
  std::vector<std::string> files_;
  std::size_t next_ = 0;  ///< the file that comes after reader_'s
  int cancel_fd_;
  std::unique_ptr<tfrecord::Reader> reader_;
  table::Schema schema_;  ///< empty
  std::uint64_t records_ = 0;
  std::optional<Error> failed_;
};

}  // namespace alinktf::source
