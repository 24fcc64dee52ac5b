#include "source/split.hpp"

#include "formats/chunk/chunk.hpp"
#include "formats/tfrecord/framing.hpp"

#include <fmt/format.h>

namespace alinktf::source {

Splitter::Splitter(std::size_t workers,
                   spec::EvenSplit even_split,
                   ChunkTaker& taker,
                   RecordForm form)
    : even_split_(even_split), taker_(taker), form_(form) {
  counts_.sent.resize(workers);
  for (std::size_t worker = 0; worker < workers && workers > 1; ++worker) {
    shares_.emplace_back(form).start(taker_.spare());
  }
}

Result<void> Splitter::check_sizes(const RecordBatch& batch) const {
  for (std::size_t i = 0; i < batch.sizes.size(); ++i) {
    if (batch.sizes[i] >
        tfrecord::kMaxRecordBytes + tfrecord::kHeaderBytes + tfrecord::kFooterBytes) {
      return Error(
          ErrorCode::kInput,
          fmt::format("row {}: its tf.train.Example has {} bytes, more than the limit of 1 GiB",
                      counts_.rows + i + 1,
                      batch.sizes[i]));
    }
  }
  return {};
}

Result<bool> Splitter::add(RecordBatch& batch) {
  ALINKTF_TRY(check_sizes(batch));
  if (batch.empty()) {
    return true;
  }
  counts_.rows += batch.sizes.size();
  if (shares_.empty()) {
    return hand_over(0, batch);
  }
  const bool wanted = deal(batch);
  batch.clear();
  return wanted;
}

bool Splitter::deal(const RecordBatch& batch) {
  const char* frame = batch.chunk.data() + batch.head_bytes();
  for (const std::uint32_t size : batch.sizes) {
    RecordBatch& share = shares_[next_];
    share.append({frame, size});
    frame += size;
    full_ = full_ || share.chunk.size() >= kChunkBytes;
    next_ = next_ + 1 == shares_.size() ? 0 : next_ + 1;
    if (full_ && may_flush() && !flush()) {
      return false;
    }
  }
  return true;
}

bool Splitter::flush() {
  if (!may_flush()) {
    return true;
  }
  full_ = false;
  for (std::size_t worker = 0; worker < shares_.size(); ++worker) {
    if (!shares_[worker].empty() && !hand_over(worker, shares_[worker])) {
      return false;
    }
  }
  return true;
}

bool Splitter::hand_over(std::size_t worker, RecordBatch& batch) {
  const bool tensor = form_ == RecordForm::kTensorproto;
  const auto records = static_cast<std::uint32_t>(batch.sizes.size());
  Buffer chunk = std::move(batch.chunk);
  if (tensor) {
    chunk::store_tensor_head(chunk.data() + chunk::kHeaderBytes, records);
    chunk::append_tensor_ends(chunk, batch.sizes);
  }
  chunk::store_header(
      chunk.data(),
      {.kind = tensor ? chunk::Kind::kTensorproto : chunk::Kind::kTfrecord,
       .payload_bytes = static_cast<std::uint32_t>(chunk.size() - chunk::kHeaderBytes),
       .records = records});
  const bool wanted = taker_.take(worker, std::move(chunk), records);
  counts_.sent[worker] += wanted ? records : 0;
  batch.start(taker_.spare());
  return wanted;
}

bool Splitter::finish() {
  if (next_ != 0 && even_split_ == spec::EvenSplit::kPad) {
    pad();
  } else if (next_ != 0 && even_split_ == spec::EvenSplit::kDrop) {
    drop();
  }
  next_ = 0;
  return flush();
}

void Splitter::pad() {
  const std::string_view last = shares_[next_ - 1].last();
  for (; next_ < shares_.size(); ++next_) {
    shares_[next_].append(last);
    ++counts_.repeated;
  }
}

void Splitter::drop() {
  for (std::size_t worker = 0; worker < next_; ++worker) {
    shares_[worker].truncate(shares_[worker].sizes.size() - 1);
    ++counts_.dropped;
  }
}

}  // namespace alinktf::source
