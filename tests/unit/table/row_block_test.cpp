#include "table/row_block.hpp"

#include <catch2/catch.hpp>

namespace alinktf::table {
namespace {

TEST_CASE("A block takes rows until it is full and can be filled again", "[table][row_block]") {
  RowBlock block(2, 3);
  for (int round = 0; round < 2; ++round) {
    block.clear();
    for (std::int64_t row = 0; row < 3; ++row) {
      CHECK_FALSE(block.full());
      block.next_row()[0] = Cell::of_integer(row + round);
      block.next_row()[1] = Cell::of_null();
      block.add_row();
    }
    CHECK(block.full());
    CHECK(block.row(2)[0].integer == 2 + round);
    CHECK(block.row(0)[1].null);
  }
}

TEST_CASE("A cell keeps the value it was made of", "[table][row_block]") {
  CHECK(Cell::of_integer(-1).integer == -1);
  CHECK(Cell::of_real(0.5).real == 0.5);
  CHECK(Cell::of_bytes("abc").bytes() == "abc");
  CHECK_FALSE(Cell::of_bytes("").null);
  CHECK(Cell::of_null().null);
}

}  // namespace
}  // namespace alinktf::table
