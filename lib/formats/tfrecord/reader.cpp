#include "formats/tfrecord/reader.hpp"

#include "formats/tfrecord/crc32c.hpp"
#include "formats/tfrecord/framing.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace alinktf::tfrecord {

namespace {

constexpr std::size_t kReadBytes = std::size_t{1} << 18U;

}  // namespace

Error Reader::bad_record(std::string_view what) const {
  return {ErrorCode::kInput,
          fmt::format("{}: record {} at byte {}: {}", source_->name(), index_, offset_, what)};
}

Result<void> Reader::fill(std::size_t size) {
  if (bytes_.size() - used_ < size && used_ != 0) {
    bytes_.consume(used_);
    used_ = 0;
  }
  // Grow with what has really arrived: a wrong length must not allocate a gigabyte.
  while (bytes_.size() - used_ < size) {
    const std::size_t step = std::max(kReadBytes, std::min(size, bytes_.size()));
    ALINKTF_ASSIGN_OR_RETURN(const std::size_t got, source_->read(bytes_.reserve(step), step));
    if (got == 0) {
      return {};
    }
    bytes_.commit(got);
  }
  return {};
}

Result<bool> Reader::read_record(std::string_view& record) {
  ALINKTF_TRY(fill(kHeaderBytes));
  const std::size_t there = bytes_.size() - used_;
  if (there == 0) {
    return false;
  }
  if (there < kHeaderBytes) {
    return bad_record(
        fmt::format("the input ends after {} of the {} bytes of a record's header; "
                    "the file is cut off",
                    there,
                    kHeaderBytes));
  }
  const char* const header = bytes_.data() + used_;
  const auto length = load_le<std::uint64_t>(header);
  if (load_le<std::uint32_t>(header + sizeof length) != masked(crc32c(header, sizeof length))) {
    return bad_record("the CRC of the length is wrong; the file is damaged or no TFRecord file");
  }
  if (length > kMaxRecordBytes) {
    return bad_record(
        fmt::format("the record has {} bytes, expected at most {}", length, kMaxRecordBytes));
  }
  const std::size_t whole = kHeaderBytes + length + kFooterBytes;
  ALINKTF_TRY(fill(whole));
  if (bytes_.size() - used_ < whole) {
    return bad_record(
        fmt::format("the input ends after {} of the record's {} bytes; the file is "
                    "cut off",
                    bytes_.size() - used_,
                    whole));
  }
  const char* const payload = bytes_.data() + used_ + kHeaderBytes;
  if (load_le<std::uint32_t>(payload + length) != masked(crc32c(payload, length))) {
    return bad_record("the CRC of the data is wrong; the file is damaged");
  }
  record = {payload, length};
  used_ += whole;
  offset_ += whole;
  ++index_;
  return true;
}

Result<bool> Reader::next(std::string_view& record) {
  if (failed_) {
    return *failed_;
  }
  Result<bool> result = read_record(record);
  if (!result.ok()) {
    failed_ = result.error();
  }
  return result;
}

}  // namespace alinktf::tfrecord
