#include "formats/java_random/random_table.hpp"

#include "table/schema.hpp"
#include "unit/golden.hpp"
#include "unit/result.hpp"

#include <catch2/catch.hpp>

#include <cstdlib>
#include <span>
#include <utility>

namespace alinktf::java_random {
namespace {

void check_row(const table::Schema& schema,
               std::span<const table::Cell> row,
               const std::string& line) {
  CAPTURE(line);
  const std::vector<std::string> fields = golden::split(line, ',');
  REQUIRE(fields.size() == row.size());
  for (std::size_t c = 0; c < fields.size(); ++c) {
    CAPTURE(c);
    if (schema[c].type == table::ColumnType::kLong) {
      CHECK(row[c].integer == std::strtoll(fields[c].c_str(), nullptr, 10));
    } else {
      CHECK(row[c].real == std::strtod(fields[c].c_str(), nullptr));
    }
  }
}

/// Compares the table with a file that Alink wrote, cell by cell and bit by bit.
void check_golden(RandomTable& table, const std::string& path) {
  const std::vector<std::string> lines = golden::split(golden::read_file(path), '\n');
  table::RowBlock block(table.schema().size());
  std::size_t row = 0;
  do {
    take(table.read(block));
    for (std::size_t i = 0; i < block.rows(); ++i, ++row) {
      check_row(table.schema(), std::as_const(block).row(i), lines.at(row));
    }
  } while (block.rows() != 0);
  CHECK(row == 100);
  CHECK(table.rows_read() == 100);
}

TEST_CASE("The table is Alinks bit for bit", "[java_random][golden]") {
  const auto table = take(RandomTable::open({.num_rows = 100, .num_cols = 10}));
  CHECK(table::to_string(table->schema()).substr(0, 24) == "col0 DOUBLE,col1 DOUBLE,");
  check_golden(*table, "random/random_100x10_p1.csv");
}

TEST_CASE("An id column comes first and draws no number", "[java_random][golden]") {
  const auto table = take(RandomTable::open({.num_rows = 100, .num_cols = 10, .id_col = "id"}));
  CHECK(table::to_string(table->schema()).substr(0, 21) == "id BIGINT,col0 DOUBLE");
  check_golden(*table, "random/random_100x10_id_p1.csv");
}

TEST_CASE("Given names decide how many columns there are", "[java_random]") {
  const auto table = take(RandomTable::open(
      {.num_rows = 1, .num_cols = 7, .id_col = std::nullopt, .output_cols = {" a", "b "}}));
  CHECK(table::to_string(table->schema()) == "a DOUBLE,b DOUBLE");
}

TEST_CASE("A table without rows ends at once", "[java_random]") {
  const auto table = take(RandomTable::open({.num_rows = 0, .num_cols = 1}));
  table::RowBlock block(1);
  take(table->read(block));
  CHECK(block.rows() == 0);
}

TEST_CASE("Impossible sizes and names are refused", "[java_random]") {
  CHECK_FALSE(RandomTable::open({.num_rows = -1, .num_cols = 1}).ok());
  CHECK_FALSE(RandomTable::open({.num_rows = 1, .num_cols = 0}).ok());
  CHECK_FALSE(RandomTable::open({.num_rows = 1, .num_cols = 1, .id_col = "COL0"}).ok());
  const auto twice = RandomTable::open(
      {.num_rows = 1, .num_cols = 0, .id_col = std::nullopt, .output_cols = {"a", "A"}});
  CHECK_THAT(failure(twice, ErrorCode::kSpec), Catch::Contains("'A'"));
}

}  // namespace
}  // namespace alinktf::java_random
