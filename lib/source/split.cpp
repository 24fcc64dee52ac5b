#include "source/split.hpp"

#include "formats/chunk/chunk.hpp"

#include <fmt/format.h>

namespace alinktf::source {

namespace {

constexpr std::size_t kMaxRecordBytes = 1U << 30U;

}  // namespace

void Splitter::Share::start(Buffer empty) {
  chunk = std::move(empty);
  chunk.clear();
  chunk.reserve(chunk::kHeaderBytes);
  chunk.commit(chunk::kHeaderBytes);
  records = 0;
}

Splitter::Splitter(const table::Schema& schema,
                   std::size_t workers,
                   spec::EvenSplit even_split,
                   ChunkTaker& taker)
    : encoder_(schema), shares_(workers), even_split_(even_split), taker_(taker) {
  counts_.sent.resize(workers);
  for (Share& share : shares_) {
    share.start(taker_.spare());
  }
}

Result<bool> Splitter::add(const table::RowBlock& block) {
  for (std::size_t row = 0; row < block.rows(); ++row) {
    Share& share = shares_[next_];
    share.last_row = share.chunk.size();
    encoder_.append_framed(block.row(row), share.chunk);
    ++share.records;
    ++counts_.rows;
    const std::size_t bytes = share.chunk.size();
    if (bytes - share.last_row > kMaxRecordBytes) {
      return Error(
          ErrorCode::kInput,
          fmt::format("row {}: its tf.train.Example has {} bytes, more than the limit of 1 GiB",
                      counts_.rows,
                      bytes - share.last_row));
    }
    full_ = full_ || bytes >= kChunkBytes;
    next_ = next_ + 1 == shares_.size() ? 0 : next_ + 1;
    if (full_ && next_ == 0 && !flush()) {
      return false;
    }
  }
  return true;
}

bool Splitter::flush() {
  if (next_ != 0) {
    return true;  // the round is not complete: it may have to be padded or dropped
  }
  full_ = false;
  for (std::size_t worker = 0; worker < shares_.size(); ++worker) {
    if (!hand_over(worker)) {
      return false;
    }
  }
  return true;
}

bool Splitter::hand_over(std::size_t worker) {
  Share& share = shares_[worker];
  if (share.records == 0) {
    return true;
  }
  chunk::store_header(
      share.chunk.data(),
      {.kind = chunk::Kind::kTfrecord,
       .payload_bytes = static_cast<std::uint32_t>(share.chunk.size() - chunk::kHeaderBytes),
       .records = share.records});
  const std::uint32_t records = share.records;
  if (!taker_.take(worker, std::move(share.chunk), records)) {
    return false;
  }
  counts_.sent[worker] += records;
  share.start(taker_.spare());
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
  const Share& last = shares_[next_ - 1];
  for (; next_ < shares_.size(); ++next_) {
    shares_[next_].chunk.append(last.chunk.view().substr(last.last_row));
    ++shares_[next_].records;
    ++counts_.repeated;
  }
}

void Splitter::drop() {
  for (std::size_t worker = 0; worker < next_; ++worker) {
    shares_[worker].chunk.truncate(shares_[worker].last_row);
    --shares_[worker].records;
    ++counts_.dropped;
  }
}

}  // namespace alinktf::source
