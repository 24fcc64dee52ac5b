#include "source/encode.hpp"

#include <fmt/format.h>

namespace alinktf::source {

void RecordBatch::truncate(std::size_t count) {
  std::size_t bytes = head_bytes();
  sizes.resize(count);
  for (const std::uint32_t size : sizes) {
    bytes += size;
  }
  chunk.truncate(bytes);
}

Result<bool> BatchEncoder::fill(table::RowReader& rows, RecordBatch& batch, std::size_t bytes) {
  while (batch.chunk.size() < bytes && (holds_rows() || batch.empty() || !rows.would_wait())) {
    ALINKTF_ASSIGN_OR_RETURN(const bool there, have_rows(rows));
    if (!there) {
      return false;
    }
    ALINKTF_TRY(encode_block(batch, bytes));
  }
  return true;
}

Result<bool> BatchEncoder::have_rows(table::RowReader& rows) {
  if (!holds_rows()) {
    next_ = 0;
    ALINKTF_TRY(rows.read(block_));
    shapes_.look(block_);
  }
  return holds_rows();
}

Result<void> BatchEncoder::encode_block(RecordBatch& batch, std::size_t bytes) {
  for (; holds_rows() && batch.chunk.size() < bytes; ++next_) {
    const std::size_t before = batch.chunk.size();
    auto appended =
        batch.form == RecordForm::kTfrecord
            ? encoder_.append_framed(block_.row(next_), batch.chunk)
            : encoder_.append_field(chunk::kTensorValue, block_.row(next_), batch.chunk);
    if (!appended.ok()) {
      next_ = block_.rows();
      bad_record_ = true;
      return appended;
    }
    batch.sizes.push_back(static_cast<std::uint32_t>(batch.chunk.size() - before));
  }
  return {};
}

Error at_row(Error error, std::uint64_t row) {
  return std::move(error).context(fmt::format("row {}", row));
}

Result<void> EncodeStream::read(RecordBatch& batch) {
  batch.clear();
  if (!failed_ && !ended_) {
    auto more = encoder_.fill(*table_.rows, batch, RecordBatch::kFullBytes);
    rows_ += batch.sizes.size();
    if (more.ok()) {
      ended_ = !more.value();
      return {};
    }
    failed_ = std::move(more).error();
    if (encoder_.bad_record()) {
      failed_ = at_row(*std::move(failed_), rows_ + 1);
    }
    if (!batch.empty()) {
      return {};
    }
  }
  return failed_ ? Result<void>(*failed_) : Result<void>();
}

}  // namespace alinktf::source
