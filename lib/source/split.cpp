#include "source/split.hpp"

#include "formats/chunk/chunk.hpp"
#include "formats/tfrecord/framing.hpp"

#include <fmt/format.h>

namespace alinktf::source {

void Splitter::Share::start(Buffer empty, RecordForm form) {
  chunk = std::move(empty);
  chunk.clear();
  chunk.reserve(RecordBatch::head_bytes(form));
  chunk.commit(RecordBatch::head_bytes(form));
  sizes.clear();
}

void Splitter::Share::add(std::string_view record) {
  chunk.append(record);
  sizes.push_back(static_cast<std::uint32_t>(record.size()));
}

Splitter::Splitter(std::size_t workers,
                   spec::EvenSplit even_split,
                   ChunkTaker& taker,
                   RecordForm form)
    : shares_(workers == 1 ? 0 : workers), even_split_(even_split), taker_(taker), form_(form) {
  counts_.sent.resize(workers);
  for (Share& share : shares_) {
    share.start(taker_.spare(), form_);
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
    return add_whole(batch);
  }
  const bool wanted = deal(batch);
  batch.clear();
  return wanted;
}

bool Splitter::add_whole(RecordBatch& batch) {
  const bool wanted = hand_over(0, std::move(batch.chunk), batch.sizes);
  batch.start(taker_.spare());
  return wanted;
}

bool Splitter::deal(const RecordBatch& batch) {
  const char* frame = batch.chunk.data() + batch.head_bytes();
  for (const std::uint32_t size : batch.sizes) {
    Share& share = shares_[next_];
    share.add({frame, size});
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
    Share& share = shares_[worker];
    if (share.sizes.empty()) {
      continue;
    }
    if (!hand_over(worker, std::move(share.chunk), share.sizes)) {
      return false;
    }
    share.start(taker_.spare(), form_);
  }
  return true;
}

bool Splitter::hand_over(std::size_t worker, Buffer chunk, std::span<const std::uint32_t> sizes) {
  const bool tensor = form_ == RecordForm::kTensorproto;
  const auto records = static_cast<std::uint32_t>(sizes.size());
  if (tensor) {
    chunk::store_tensor_head(chunk.data() + chunk::kHeaderBytes, records);
    chunk::append_tensor_ends(chunk, sizes);
  }
  chunk::store_header(
      chunk.data(),
      {.kind = tensor ? chunk::Kind::kTensorproto : chunk::Kind::kTfrecord,
       .payload_bytes = static_cast<std::uint32_t>(chunk.size() - chunk::kHeaderBytes),
       .records = records});
  if (!taker_.take(worker, std::move(chunk), records)) {
    return false;
  }
  counts_.sent[worker] += records;
  return true;
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
    shares_[next_].add(last);
    ++counts_.repeated;
  }
}

void Splitter::drop() {
  for (std::size_t worker = 0; worker < next_; ++worker) {
    Share& share = shares_[worker];
    share.chunk.truncate(share.chunk.size() - share.sizes.back());
    share.sizes.pop_back();
    ++counts_.dropped;
  }
}

}  // namespace alinktf::source
