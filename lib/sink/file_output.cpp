#include "sink/file_output.hpp"

#include "sink/compression.hpp"

#include <utility>

namespace alinktf::sink {

namespace {

constexpr std::size_t kWriteBytes = 256U << 10U;

}  // namespace

FileOutput::FileOutput(sys::AtomicFile file,
                       std::unique_ptr<RowFormat> format,
                       spec::Compression compression,
                       Life life)
    : file_(std::move(file)),
      format_(std::move(format)),
      packer_(make_packer(*format_, compression)),
      life_(life) {
  format_->append_head(buffer_);
}

Result<void> FileOutput::append(std::span<const table::Cell> row) {
  ALINKTF_TRY(format_->append_row(row, buffer_));
  return buffer_.size() < kWriteBytes ? Result<void>() : write();
}

Result<void> FileOutput::flush() {
  if (life_ != Life::kGrowing || buffer_.empty()) {
    return {};
  }
  ALINKTF_TRY(write());
  if (packer_) {
    ALINKTF_TRY(packer_->flush(packed_));
    ALINKTF_TRY(file_.write(packed_.view()));
    packed_.clear();
  }
  return {};
}

Result<void> FileOutput::finish() {
  ALINKTF_TRY(write());
  if (packer_) {
    ALINKTF_TRY(packer_->finish(packed_));
    ALINKTF_TRY(file_.write(packed_.view()));
  }
  return file_.commit();
}

Result<void> FileOutput::write() {
  if (packer_) {
    ALINKTF_TRY(packer_->add(buffer_.view(), packed_));
    ALINKTF_TRY(file_.write(packed_.view()));
    packed_.clear();
  } else {
    ALINKTF_TRY(file_.write(buffer_.view()));
  }
  buffer_.clear();
  return {};
}

}  // namespace alinktf::sink
