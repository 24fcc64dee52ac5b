#include "formats/tfrecord/crc32c.hpp"

#include "base/bytes.hpp"

#include <array>

#if defined(__x86_64__)
#include <nmmintrin.h>
#elif defined(__aarch64__)
#include <arm_acle.h>
#include <sys/auxv.h>
#endif

namespace alinktf::tfrecord {

namespace {

constexpr std::uint32_t kPolynomial = 0x82F63B78U;  // reflected

using Tables = std::array<std::array<std::uint32_t, 256>, 8>;

constexpr Tables make_tables() {
  Tables tables{};
  for (std::uint32_t i = 0; i < 256; ++i) {
    std::uint32_t crc = i;
    for (int bit = 0; bit < 8; ++bit) {
      crc = (crc >> 1U) ^ ((crc & 1U) != 0 ? kPolynomial : 0U);
    }
    tables[0][i] = crc;
  }
  for (std::size_t i = 0; i < 256; ++i) {
    for (std::size_t k = 1; k < 8; ++k) {
      const std::uint32_t before = tables[k - 1][i];
      tables[k][i] = (before >> 8U) ^ tables[0][before & 0xFFU];
    }
  }
  return tables;
}

constexpr Tables kTables = make_tables();

#if defined(__x86_64__)
__attribute__((target("sse4.2"))) std::uint32_t crc32c_by_instruction(const char* data,
                                                                      std::size_t size) {
  std::uint64_t crc = 0xFFFFFFFFU;
  for (; size >= 8; data += 8, size -= 8) {
    crc = _mm_crc32_u64(crc, load_le<std::uint64_t>(data));
  }
  auto rest = static_cast<std::uint32_t>(crc);
  if ((size & 4U) != 0) {
    rest = _mm_crc32_u32(rest, load_le<std::uint32_t>(data));
    data += 4;
  }
  if ((size & 2U) != 0) {
    rest = _mm_crc32_u16(rest, load_le<std::uint16_t>(data));
    data += 2;
  }
  if ((size & 1U) != 0) {
    rest = _mm_crc32_u8(rest, static_cast<unsigned char>(*data));
  }
  return ~rest;
}

bool has_instruction() {
  return __builtin_cpu_supports("sse4.2") != 0;
}
#elif defined(__aarch64__)
__attribute__((target("+crc"))) std::uint32_t crc32c_by_instruction(const char* data,
                                                                    std::size_t size) {
  std::uint32_t crc = 0xFFFFFFFFU;
  for (; size >= 8; data += 8, size -= 8) {
    crc = __crc32cd(crc, load_le<std::uint64_t>(data));
  }
  for (; size > 0; ++data, --size) {
    crc = __crc32cb(crc, static_cast<unsigned char>(*data));
  }
  return ~crc;
}

bool has_instruction() {
  constexpr unsigned long kCrc32 = 1UL << 7U;  // HWCAP_CRC32, arch/arm64/include/uapi/asm/hwcap.h
  return (getauxval(AT_HWCAP) & kCrc32) != 0;
}
#else
std::uint32_t crc32c_by_instruction(const char* data, std::size_t size) {
  return crc32c_by_table(data, size);
}

bool has_instruction() {
  return false;
}
#endif

}  // namespace

std::uint32_t crc32c_by_table(const char* data, std::size_t size) {
  std::uint32_t crc = 0xFFFFFFFFU;
  for (; size >= 8; data += 8, size -= 8) {
    const std::uint64_t word = load_le<std::uint64_t>(data) ^ crc;
    crc = 0;
    for (std::size_t k = 0; k < 8; ++k) {
      crc ^= kTables[7 - k][(word >> (8 * k)) & 0xFFU];
    }
  }
  for (; size > 0; ++data, --size) {
    crc = (crc >> 8U) ^ kTables[0][(crc ^ static_cast<unsigned char>(*data)) & 0xFFU];
  }
  return ~crc;
}

std::uint32_t crc32c(const char* data, std::size_t size) {
  static const bool by_instruction = has_instruction();
  return by_instruction ? crc32c_by_instruction(data, size) : crc32c_by_table(data, size);
}

}  // namespace alinktf::tfrecord
