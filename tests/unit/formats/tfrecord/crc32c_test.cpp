#include "formats/tfrecord/crc32c.hpp"

#include <catch2/catch.hpp>

#include <random>
#include <string>

namespace alinktf::tfrecord {
namespace {

std::string counting(char from, char step) {
  std::string bytes;
  for (int i = 0; i < 32; ++i, from = static_cast<char>(from + step)) {
    bytes += from;
  }
  return bytes;
}

TEST_CASE("The test vectors of RFC 3720 have their CRC", "[tfrecord][crc32c]") {
  // RFC 3720, B.4, read as little-endian numbers; the last is the check value of the polynomial.
  struct Case {
    std::string bytes;
    std::uint32_t crc;
  };
  const Case test = GENERATE(Case{std::string(32, '\0'), 0x8A9136AA},
                             Case{std::string(32, '\xFF'), 0x62A8AB43},
                             Case{counting(0, 1), 0x46DD794E},
                             Case{counting(31, -1), 0x113FDB5C},
                             Case{"123456789", 0xE3069283},
                             Case{"", 0});
  CHECK(crc32c(test.bytes.data(), test.bytes.size()) == test.crc);
  CHECK(crc32c_by_table(test.bytes.data(), test.bytes.size()) == test.crc);
}

TEST_CASE("Instruction and table agree on every length and alignment", "[tfrecord][crc32c]") {
  std::mt19937_64 random(1);
  std::string bytes(600, '\0');
  for (char& byte : bytes) {
    byte = static_cast<char>(random());
  }
  for (std::size_t offset = 0; offset < 9; ++offset) {
    for (std::size_t size = 0; size + offset <= bytes.size(); ++size) {
      const char* const at = bytes.data() + offset;
      if (crc32c(at, size) != crc32c_by_table(at, size)) {
        FAIL_CHECK("differ at offset " << offset << ", size " << size);
      }
    }
  }
}

TEST_CASE("A CRC is masked by rotation and addition", "[tfrecord][crc32c]") {
  CHECK(masked(0) == 0xA282EAD8U);
  CHECK(masked(0x00008000U) == 0xA282EAD9U);
}

}  // namespace
}  // namespace alinktf::tfrecord
