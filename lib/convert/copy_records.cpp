#include "convert/copy_records.hpp"

#include "formats/chunk/chunk.hpp"
#include "sink/compression.hpp"
#include "source/pass_through.hpp"
#include "sys/atomic_file.hpp"

#include <fmt/format.h>

#include <memory>

namespace alinktf::convert {

namespace {

/// Where frames go: packed if the output says so.
class FrameFile {
 public:
  static Result<FrameFile> create(const spec::OutputSpec& spec) {
    const auto overwrite = spec.overwrite_sink ? sys::Overwrite::kYes : sys::Overwrite::kNo;
    ALINKTF_ASSIGN_OR_RETURN(auto file, sys::AtomicFile::create(spec.file_path, overwrite));
    if (file.is_terminal()) {
      return Error(ErrorCode::kOutput,
                   fmt::format("output '{}': is a terminal, but the output is binary; send it to a "
                               "file or a pipe",
                               file.name()));
    }
    return FrameFile(std::move(file), sink::make_packer(sink::compression_of(spec)));
  }

  Result<void> write(std::string_view frames) {
    if (!packer_) {
      return file_.write(frames);
    }
    ALINKTF_TRY(packer_->add(frames, packed_));
    return write_packed();
  }

  Result<void> finish() {
    if (packer_) {
      ALINKTF_TRY(packer_->finish(packed_));
      ALINKTF_TRY(write_packed());
    }
    return file_.commit();
  }

 private:
  FrameFile(sys::AtomicFile file, std::unique_ptr<sink::Packer> packer)
      : file_(std::move(file)), packer_(std::move(packer)) {}

  Result<void> write_packed() {
    ALINKTF_TRY(file_.write(packed_.view()));
    packed_.clear();
    return {};
  }

  sys::AtomicFile file_;
  std::unique_ptr<sink::Packer> packer_;
  Buffer packed_;
};

}  // namespace

bool copies_records(const spec::JobSpec& job) {
  const spec::OutputSpec& out = job.output;
  return job.input.format == spec::Format::kTfrecord && source::PassThrough::suits(job) &&
         out.format == spec::Format::kTfrecord && out.num_files == 1 && out.partition_cols.empty();
}

Result<Counts> copy_records(const spec::JobSpec& job, int cancel_fd, Progress& progress) {
  ALINKTF_TRY(source::precheck(job));
  ALINKTF_ASSIGN_OR_RETURN(auto records, source::PassThrough::open(job.input, cancel_fd));
  ALINKTF_ASSIGN_OR_RETURN(auto output, FrameFile::create(job.output));
  source::RecordBatch batch;
  std::uint64_t written = 0;
  for (;;) {
    ALINKTF_TRY(records->read(batch));
    if (batch.empty()) {
      break;
    }
    ALINKTF_TRY(output.write(batch.chunk.view().substr(chunk::kHeaderBytes)));
    written += batch.sizes.size();
    progress.rows_in = records->counts().read;
    progress.rows_out = written;
    if (progress.stop) {
      return Error(ErrorCode::kCancelled, "stopped");
    }
  }
  const Counts counts{.read = records->counts(), .written = written};
  ALINKTF_TRY(check_conservation(counts));
  ALINKTF_TRY(output.finish());
  return counts;
}

}  // namespace alinktf::convert
