// The TFRecord frame around one record, shared by reader and writers.
//
//   u64 length, little endian
//   u32 masked CRC-32C of the 8 length bytes
//   length bytes of payload
//   u32 masked CRC-32C of the payload
//
// Source: tensorflow/core/lib/io/record_writer.h.
#pragma once

#include <cstddef>
#include <string_view>

namespace alinktf::tfrecord {

constexpr std::size_t kHeaderBytes = 12;
constexpr std::size_t kFooterBytes = 4;
/// The largest record we read or write.
constexpr std::size_t kMaxRecordBytes = std::size_t{1} << 30U;

/// Write the header at `at` and the footer behind the `length` bytes of payload that already lie at
/// `at` + kHeaderBytes.
void write_frame(char* at, std::size_t length);

/// The record in a whole `frame`.
inline std::string_view payload_of(std::string_view frame) {
  return frame.substr(kHeaderBytes, frame.size() - kHeaderBytes - kFooterBytes);
}

}  // namespace alinktf::tfrecord
