#include "source/pass_through.hpp"

#include "formats/example/wire.hpp"
#include "formats/tfrecord/framing.hpp"
#include "source/files.hpp"
#include "source/input_reader.hpp"

namespace alinktf::source {

namespace {

void append(std::string_view frame, RecordBatch& batch) {
  if (batch.form == RecordForm::kTfrecord) {
    batch.chunk.append(frame);
    return;
  }
  const std::string_view record = frame.substr(
      tfrecord::kHeaderBytes, frame.size() - tfrecord::kHeaderBytes - tfrecord::kFooterBytes);
  char* to = batch.chunk.reserve(1 + example::wire::kMaxVarintBytes);
  *to = chunk::kTensorValue;
  const char* const end = example::wire::write_varint(record.size(), to + 1);
  batch.chunk.commit(static_cast<std::size_t>(end - to));
  batch.chunk.append(record);
}

}  // namespace

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
    const std::size_t before = batch.chunk.size();
    append(frame, batch);
    batch.sizes.push_back(static_cast<std::uint32_t>(batch.chunk.size() - before));
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
