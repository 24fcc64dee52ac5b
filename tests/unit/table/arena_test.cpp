#include "table/arena.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

namespace alinktf::table {
namespace {

TEST_CASE("Bytes stay where they are while others are kept", "[table][arena]") {
  Arena arena;
  std::vector<std::string_view> kept;
  for (int i = 0; i < 5000; ++i) {
    kept.push_back(arena.keep(std::to_string(i) + std::string(20, 'x')));
  }
  for (int i = 0; i < 5000; ++i) {
    CHECK(kept[static_cast<std::size_t>(i)] == std::to_string(i) + std::string(20, 'x'));
  }
}

TEST_CASE("A value larger than a piece has a piece of its own", "[table][arena]") {
  Arena arena;
  const std::string_view small = arena.keep("small");
  const std::string giant(100'000, 'g');
  CHECK(arena.keep(giant) == giant);
  CHECK(small == "small");
  arena.clear();
  CHECK(arena.keep("") == "");
  CHECK(arena.keep("again") == "again");
}

}  // namespace
}  // namespace alinktf::table
