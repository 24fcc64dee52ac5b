#include "formats/csv/writer.hpp"

#include "table/schema.hpp"
#include "unit/formats/csv/rows.hpp"

#include <catch2/catch.hpp>

#include <random>

namespace alinktf::csv {
namespace {

using table::Cell;

std::string write(const std::string& schema,
                  const std::vector<Cell>& row,
                  const Options& options = {}) {
  const Writer writer(take(table::parse_schema(schema)), options);
  Buffer out;
  writer.append_header(out);
  writer.append_row(row, out);
  return std::string(out.view());
}

TEST_CASE("Every scalar type is written in its own form", "[csv][writer]") {
  CHECK(write("bo boolean, i int, l long, f float, d double, s string, da date, n string",
              {Cell::of_integer(1),
               Cell::of_integer(-2),
               Cell::of_integer(1) /* long */,
               Cell::of_real(static_cast<double>(0.1F)),
               Cell::of_real(1e7),
               Cell::of_bytes("x y"),
               Cell::of_bytes("2021-01-02"),
               Cell::of_null()}) == "true,-2,1,0.1,1.0E7,x y,2021-01-02,\n");
}

TEST_CASE("A text is quoted if it is empty or holds a delimiter or the quote", "[csv][writer]") {
  struct Case {
    const char* text;
    const char* written;
  };
  const auto [text, written] = GENERATE(Case{"", "\"\"\n"},
                                        Case{"a,b", "\"a,b\"\n"},
                                        Case{"a\nb", "\"a\nb\"\n"},
                                        Case{"a\"b", "\"a\"\"b\"\n"},
                                        Case{"\"\"", "\"\"\"\"\"\"\n"},
                                        Case{"a\rb", "a\rb\n"},
                                        Case{" a ", " a \n"},
                                        Case{"null", "null\n"});
  CAPTURE(text);
  CHECK(write("s string", {Cell::of_bytes(text)}) == written);
}

TEST_CASE("Delimiters and quote can be chosen or left out", "[csv][writer]") {
  Options options;
  options.field_delimiter = "::";
  options.row_delimiter = "|";
  options.quote_char = '\'';
  CHECK(write("a string, b string, c string",
              {Cell::of_bytes("a:b"), Cell::of_bytes("c::d'"), Cell::of_bytes("x|")},
              options) == "a:b::'c::d'''::'x|'|");
  options.quote_char = std::nullopt;
  CHECK(write("a string, b string", {Cell::of_bytes(""), Cell::of_bytes("::")}, options) ==
        "::::|");
}

TEST_CASE("The header holds the column names", "[csv][writer]") {
  Options options;
  options.header = true;
  CHECK(write("id int, n_2 string", {Cell::of_integer(1), Cell::of_null()}, options) ==
        "id,n_2\n1,\n");
}

std::string random_text(std::mt19937_64& random) {
  constexpr std::array<const char*, 7> kPieces = {"a", ",", "\"", "\n", "é", " ", "\r"};
  std::string text;
  for (std::size_t left = random() % 6; left > 0; --left) {
    text += kPieces[random() % kPieces.size()];
  }
  // A carriage return at the end of a row's last, unquoted text is taken for a part of the line
  // end.
  return text + "x";
}

TEST_CASE("What is written is read back", "[csv][writer]") {
  std::mt19937_64 random(3);
  const Writer writer(take(table::parse_schema("s string, d double, l long, t string")), {});
  Buffer out;
  Rows expected;
  for (int i = 0; i < 2000; ++i) {
    const std::string s = random() % 5 == 0 ? "" : random_text(random);
    const std::string t = random_text(random);
    const auto bits = random();
    const std::vector<Cell> row = {random() % 7 == 0 ? Cell::of_null() : Cell::of_bytes(s),
                                   Cell::of_real(std::bit_cast<double>(bits)),
                                   Cell::of_integer(static_cast<std::int64_t>(bits)),
                                   Cell::of_bytes(t)};
    writer.append_row(row, out);
    std::vector<std::string>& texts = expected.emplace_back();
    const table::Schema schema = take(table::parse_schema("s string, d double, l long, t string"));
    for (std::size_t c = 0; c < row.size(); ++c) {
      texts.push_back(show(schema[c], row[c]));
    }
  }
  CHECK(rows_of("s string, d double, l long, t string", std::string(out.view())) == expected);
}

TEST_CASE("A carriage return at the end of a row is quoted", "[csv][writer]") {
  const Writer writer({{"s", table::ColumnType::kString}, {"t", table::ColumnType::kString}}, {});
  const std::vector<table::Cell> cells = {table::Cell::of_bytes("a\r"),
                                          table::Cell::of_bytes("b\r")};
  Buffer out;
  writer.append_row(cells, out);
  CHECK(out.view() == "a\r,\"b\r\"\n");
}

}  // namespace
}  // namespace alinktf::csv
