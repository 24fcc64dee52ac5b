#include "source/pass_through.hpp"

#include "source/files.hpp"
#include "source/input_reader.hpp"

namespace alinktf::source {

bool PassThrough::suits(const spec::JobSpec& job) {
  return job.input.format == spec::Format::kTfrecord && job.input.schema.empty() &&
         job.select.empty() && job.where.empty() && job.selected_cols.empty();
}

Result<std::unique_ptr<PassThrough>> PassThrough::open(const spec::InputSpec& input,
                                                       int cancel_fd) {
  ALINKTF_ASSIGN_OR_RETURN(auto files, expand_files(input));
  // The constructor is private, so std::make_unique cannot call it.
  std::unique_ptr<PassThrough> stream(new PassThrough(input, std::move(files), cancel_fd));
  ALINKTF_TRY(stream->open_next());
  return stream;
}

Result<void> PassThrough::open_next() {
  ALINKTF_ASSIGN_OR_RETURN(auto bytes, open_bytes(input_, files_.at(next_++), cancel_fd_));
  reader_ = std::make_unique<tfrecord::Reader>(std::move(bytes));
  return {};
}

Result<bool> PassThrough::next_frame(std::string_view& frame) {
  for (;;) {
    ALINKTF_ASSIGN_OR_RETURN(const bool there, reader_->next_frame(frame));
    if (there || next_ == files_.size()) {
      return there;
    }
    ALINKTF_TRY(open_next());
  }
}

Result<void> PassThrough::fill(RecordBatch& batch) {
  std::string_view frame;
  while (!batch.full() && (batch.empty() || !reader_->would_wait())) {
    ALINKTF_ASSIGN_OR_RETURN(const bool there, next_frame(frame));
    if (!there) {
      break;
    }
    batch.chunk.append(frame);
    batch.sizes.push_back(static_cast<std::uint32_t>(frame.size()));
  }
  return {};
}

Result<void> PassThrough::read(RecordBatch& batch) {
  batch.clear();
  if (!failed_) {
    auto filled = fill(batch);
    records_ += batch.sizes.size();
    if (filled.ok() || !batch.empty()) {
      failed_ = filled.ok() ? std::nullopt : std::optional(std::move(filled).error());
      return {};
    }
    failed_ = std::move(filled).error();
  }
  return *failed_;
}

}  // namespace alinktf::source
