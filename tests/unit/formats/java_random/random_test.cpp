#include "formats/java_random/random.hpp"

#include <catch2/catch.hpp>

namespace alinktf::java_random {
namespace {

TEST_CASE("The numbers of a seed are those of java util Random", "[java_random]") {
  JavaRandom zero(0);
  CHECK(zero.next_int() == -1155484576);
  CHECK(zero.next_int() == -723955400);
  JavaRandom answer(42);
  CHECK(answer.next_int() == -1170105035);
  CHECK(JavaRandom(0).next_double() == 0.730967787376657);
  CHECK(JavaRandom(42).next_double() == 0.7275636800328681);
}

TEST_CASE("A negative seed is cut to 48 bits", "[java_random]") {
  // -1 and 2^48 - 1 share their low 48 bits.
  CHECK(JavaRandom(-1).next_int() == JavaRandom((std::int64_t{1} << 48U) - 1).next_int());
}

TEST_CASE("Fewer bits are the upper ones", "[java_random]") {
  JavaRandom whole(7);
  JavaRandom part(7);
  const auto upper = static_cast<std::uint32_t>(whole.next(32)) >> 6U;
  CHECK(static_cast<std::uint32_t>(part.next(26)) == upper);
}

}  // namespace
}  // namespace alinktf::java_random
