// Reads the records of a TFRecord stream.
#pragma once

#include "base/byte_source.hpp"
#include "base/bytes.hpp"
#include "base/result.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace alinktf::tfrecord {

/// Reads records front to back and checks both CRCs of each. Stays failed after an error.
class Reader {
 public:
  explicit Reader(std::unique_ptr<ByteSource> source) : source_(std::move(source)) {}

  /// Read the next record: true, with `record` valid until the next call that finds buffered()
  /// false, or false at a clean end of input. kInput, with the record's index (from 0) and byte
  /// offset: length or data CRC wrong, a record above kMaxRecordBytes, input that ends inside a
  /// record.
  Result<bool> next(std::string_view& record);

  /// As next(), but with header and footer as they lie there, to be passed on.
  Result<bool> next_frame(std::string_view& frame);

  /// True if the next record lies in memory as a whole: reading it moves nothing, so that records
  /// handed out before stay valid.
  [[nodiscard]] bool buffered() const;

  /// True if the next call would have to wait for input.
  [[nodiscard]] bool would_wait() const {
    return !failed_ && !ended_ && !buffered() && !source_->ready();
  }

  /// Records read so far: the index of the next one.
  [[nodiscard]] std::uint64_t records_read() const { return index_; }
  /// Where the next record's frame begins, in bytes (of unpacked data).
  [[nodiscard]] std::uint64_t offset() const { return offset_; }
  /// The source's name.
  [[nodiscard]] const std::string& name() const { return source_->name(); }

 private:
  [[nodiscard]] std::size_t unread() const { return bytes_.size() - used_; }
  /// Have `size` unread bytes in the buffer, or as many as there are until the end.
  Result<void> fill(std::size_t size);
  /// Have the next frame as a whole in the buffer, with a header that is right; 0 at the end.
  Result<std::size_t> have_frame();
  Result<bool> read_frame(std::string_view& frame);
  [[nodiscard]] Error bad_record(std::string_view what) const;

  std::unique_ptr<ByteSource> source_;
  Buffer bytes_;
  std::size_t used_ = 0;  ///< Bytes at the front of bytes_ that belong to records handed out.
  bool ended_ = false;    ///< Nothing comes behind bytes_.
  std::uint64_t index_ = 0;
  std::uint64_t offset_ = 0;
  std::optional<Error> failed_;
};

}  // namespace alinktf::tfrecord
