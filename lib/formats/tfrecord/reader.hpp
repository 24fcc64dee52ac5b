// Reads the records of a TFRecord stream.
#pragma once

#include "base/byte_source.hpp"
#include "base/bytes.hpp"
#include "base/result.hpp"

#include <cstdint>
#include <memory>
#include <string_view>

namespace alinktf::tfrecord {

/// Reads records front to back and checks both CRCs of each. Stays failed after an error.
class Reader {
 public:
  explicit Reader(std::unique_ptr<ByteSource> source) : source_(std::move(source)) {}

  /// Read the next record: true, with `record` valid until the next call, or false at a clean end
  /// of input. kInput, with the record's index (from 0) and byte offset: length or data CRC wrong,
  /// a record above kMaxRecordBytes, input that ends inside a record.
  Result<bool> next(std::string_view& record);

  /// Records read so far.
  [[nodiscard]] std::uint64_t records_read() const { return index_; }

 private:
  /// Have `size` unread bytes in the buffer, or as many as there are until the end.
  Result<void> fill(std::size_t size);
  Result<bool> read_record(std::string_view& record);
  [[nodiscard]] Error bad_record(std::string_view what) const;

  std::unique_ptr<ByteSource> source_;
  Buffer bytes_;
  std::size_t used_ = 0;  ///< Bytes at the front of bytes_ that belong to records handed out.
  std::uint64_t index_ = 0;
  std::uint64_t offset_ = 0;  ///< Of the next record's first byte.
  std::optional<Error> failed_;
};

}  // namespace alinktf::tfrecord
