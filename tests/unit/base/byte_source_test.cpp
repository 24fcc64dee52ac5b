#include "base/byte_source.hpp"

#include "unit/result.hpp"

#include <array>

namespace alinktf {
namespace {

TEST_CASE("A string source hands out its bytes once and in order", "[base][byte_source]") {
  StringSource source("abcdefgh", "name", 3);
  CHECK(source.name() == "name");
  std::array<char, 8> bytes{};
  std::string got;
  std::size_t reads = 0;
  for (std::size_t size = 0; (size = take(source.read(bytes.data(), bytes.size()))) != 0; ++reads) {
    got.append(bytes.data(), size);
  }
  CHECK(got == "abcdefgh");
  CHECK(reads == 3);
  CHECK(take(source.read(bytes.data(), bytes.size())) == 0);
}

TEST_CASE("A read asks for no more than it is told", "[base][byte_source]") {
  StringSource source("abc");
  std::array<char, 3> bytes{};
  CHECK(take(source.read(bytes.data(), 2)) == 2);
  CHECK(bytes[2] == '\0');
  CHECK(take(source.read(bytes.data(), 2)) == 1);
}

}  // namespace
}  // namespace alinktf
