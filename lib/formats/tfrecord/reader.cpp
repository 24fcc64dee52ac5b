#include "formats/tfrecord/reader.hpp"

#include "formats/tfrecord/crc32c.hpp"
#include "formats/tfrecord/framing.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace alinktf::tfrecord {

namespace {

/// What is read at once stays in the processor's cache until it has been looked at.
constexpr std::size_t kReadBytes = std::size_t{1} << 17U;

}  // namespace

Error Reader::bad_record(std::string_view what) const {
  return {ErrorCode::kInput,
          fmt::format("{}: record {} at byte {}: {}", source_->name(), index_, offset_, what)};
}

bool Reader::buffered() const {
  const std::size_t there = unread();
  return there >= kHeaderBytes + kFooterBytes &&
         load_le<std::uint64_t>(bytes_.data() + used_) <= there - kHeaderBytes - kFooterBytes;
}

Result<void> Reader::fill(std::size_t size) {
  if (unread() < size && used_ != 0) {
    bytes_.consume(used_);
    used_ = 0;
  }
  // Grow with what has really arrived: a wrong length must not allocate a gigabyte.
  while (unread() < size && !ended_) {
    const std::size_t step = std::max(kReadBytes, std::min(size, bytes_.size()));
    ALINKTF_ASSIGN_OR_RETURN(const std::size_t got, source_->read(bytes_.reserve(step), step));
    ended_ = got == 0;
    bytes_.commit(got);
  }
  return {};
}

Result<std::size_t> Reader::have_frame() {
  ALINKTF_TRY(fill(kHeaderBytes));
  if (unread() == 0) {
    return std::size_t{0};
  }
  if (unread() < kHeaderBytes) {
    return bad_record(
        fmt::format("the input ends after {} of the {} bytes of a record's header; "
                    "the file is cut off",
                    unread(),
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
  if (unread() < whole) {
    ALINKTF_TRY(fill(whole));
    if (unread() < whole) {
      return bad_record(
          fmt::format("the input ends after {} of the record's {} bytes; the file is "
                      "cut off",
                      unread(),
                      whole));
    }
  }
  return whole;
}

Result<bool> Reader::read_frame(std::string_view& frame) {
  ALINKTF_ASSIGN_OR_RETURN(const std::size_t whole, have_frame());
  if (whole == 0) {
    return false;
  }
  const std::string_view found(bytes_.data() + used_, whole);
  const std::string_view payload = payload_of(found);
  if (load_le<std::uint32_t>(payload.data() + payload.size()) !=
      masked(crc32c(payload.data(), payload.size()))) {
    return bad_record("the CRC of the data is wrong; the file is damaged");
  }
  frame = found;
  used_ += whole;
  offset_ += whole;
  ++index_;
  return true;
}

Result<bool> Reader::next_frame(std::string_view& frame) {
  if (failed_) {
    return *failed_;
  }
  Result<bool> result = read_frame(frame);
  if (!result.ok()) {
    failed_ = result.error();
  }
  return result;
}

Result<bool> Reader::next(std::string_view& record) {
  std::string_view frame;
  Result<bool> result = next_frame(frame);
  if (result.ok() && result.value()) {
    record = payload_of(frame);
  }
  return result;
}

}  // namespace alinktf::tfrecord
