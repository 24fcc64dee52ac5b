#include "source/column_dealer.hpp"

#include "formats/chunk/chunk.hpp"
#include "source/encode.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace alinktf::source {

ColumnDealer::ColumnDealer(const table::Schema& schema,
                           std::size_t workers,
                           std::size_t batch_rows,
                           ChunkTaker& taker)
    : any_size_(batch_rows == 0), taker_(taker) {
  // Room for all rows of a chunk is taken at once; the system gives memory as it is written to.
  const std::size_t row_bytes = std::max<std::size_t>(schema.size(), 1) * sizeof(std::int64_t);
  const std::size_t rows =
      any_size_ ? std::clamp<std::size_t>(kChunkBytes / row_bytes, 64, kMostRows) : batch_rows;
  counts_.sent.resize(workers);
  for (std::size_t worker = 0; worker < workers; ++worker) {
    encoders_.emplace_back(schema, rows);
  }
}

Result<bool> ColumnDealer::add(const table::RowBlock& block) {
  const std::size_t workers = encoders_.size();
  for (std::size_t i = 0; i < workers; ++i) {
    ALINKTF_ASSIGN_OR_RETURN(const bool wanted, add_share((next_ + i) % workers, block, i));
    if (!wanted) {
      return false;
    }
  }
  next_ = (next_ + block.rows()) % workers;
  counts_.rows += block.rows();
  return true;
}

/// The rows of one worker: every W-th, from `first` on.
Result<bool> ColumnDealer::add_share(std::size_t worker,
                                     const table::RowBlock& block,
                                     std::size_t first) {
  columns::Encoder& encoder = encoders_[worker];
  while (first < block.rows()) {
    auto appended = encoder.append(block, first, encoders_.size());
    if (!appended.ok()) {
      return at_row(std::move(appended).error(), counts_.rows + encoder.bad_row() + 1);
    }
    first += appended.value() * encoders_.size();
    const std::size_t bytes = encoder.bytes();
    if (bytes > chunk::kMaxPayloadBytes / 2) {
      return Error(ErrorCode::kInput,
                   fmt::format("row {}: a batch of columns has {} bytes, more than {} can be sent; "
                               "use a smaller batch_size",
                               counts_.rows + 1,
                               bytes,
                               chunk::kMaxPayloadBytes / 2));
    }
    if ((encoder.full() || (any_size_ && bytes >= kChunkBytes)) && !hand_over(worker)) {
      return false;
    }
  }
  return true;
}

bool ColumnDealer::hand_over(std::size_t worker) {
  columns::Encoder& encoder = encoders_[worker];
  const auto rows = static_cast<std::uint32_t>(encoder.rows());
  Buffer chunk = taker_.spare();
  chunk.clear();
  chunk.reserve(chunk::kHeaderBytes);
  chunk.commit(chunk::kHeaderBytes);
  encoder.finish(chunk);
  chunk::store_header(
      chunk.data(),
      {.kind = chunk::Kind::kColumns,
       .payload_bytes = static_cast<std::uint32_t>(chunk.size() - chunk::kHeaderBytes),
       .records = rows});
  if (!taker_.take(worker, std::move(chunk), rows)) {
    return false;
  }
  counts_.sent[worker] += rows;
  return true;
}

bool ColumnDealer::flush() {
  return !any_size_ || finish();
}

bool ColumnDealer::finish() {
  for (std::size_t worker = 0; worker < encoders_.size(); ++worker) {
    if (encoders_[worker].rows() > 0 && !hand_over(worker)) {
      return false;
    }
  }
  return true;
}

}  // namespace alinktf::source
