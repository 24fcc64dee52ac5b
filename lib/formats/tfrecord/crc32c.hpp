// CRC-32C (Castagnoli), as TFRecord files use it.
#pragma once

#include <cstddef>
#include <cstdint>

namespace alinktf::tfrecord {

/// CRC-32C of `size` bytes: RFC 3720 B.4. Uses the processor's instruction if it has one, which is
/// found out at run time, else a table.
std::uint32_t crc32c(const char* data, std::size_t size);

/// The same, always by table: what crc32c() falls back to.
std::uint32_t crc32c_by_table(const char* data, std::size_t size);

/// A CRC as it is stored next to the bytes it covers, so that CRCs of CRCs stay meaningful.
/// Source: tensorflow/core/lib/hash/crc32c.h, Mask().
constexpr std::uint32_t masked(std::uint32_t crc) {
  return ((crc >> 15U) | (crc << 17U)) + 0xA282EAD8U;
}

}  // namespace alinktf::tfrecord
