#include "formats/jsonl/writer.hpp"

#include "unit/formats/jsonl/rows.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <array>
#include <bit>
#include <cmath>
#include <limits>
#include <random>

namespace alinktf::jsonl {
namespace {

using Json = nlohmann::ordered_json;
using table::Cell;
using table::Element;

/// All rows of `text`, written again.
std::string rewritten(const std::string& schema, const std::string& text) {
  const auto reader = open(schema, text);
  const Writer writer(reader->schema());
  table::RowBlock block(reader->schema().size());
  Buffer out;
  do {
    take(reader->read(block));
    for (std::size_t i = 0; i < block.rows(); ++i) {
      writer.append_row(block.row(i), out);
    }
  } while (block.rows() != 0);
  return std::string(out.view());
}

std::string written(const std::string& type, const Cell& cell) {
  Buffer out;
  Writer(take(table::parse_schema("v " + type))).append_row({&cell, 1}, out);
  return std::string(out.view());
}

std::string value_written(const std::string& type, const std::string& value) {
  const std::string line = rewritten("v " + type, "{\"v\":" + value + "}");
  return line.substr(5, line.size() - 7);
}

TEST_CASE("A row is an object with its keys in the schemas order", "[jsonl][writer]") {
  CHECK(
      rewritten("b int, \"a\" string, c double", "{\"c\": 1, \"b\": 2}\n{\"\\\"a\\\"\":\"x\"}\n") ==
      "{\"b\":2,\"\\\"a\\\"\":null,\"c\":1.0}\n{\"b\":null,\"\\\"a\\\"\":\"x\",\"c\":null}\n");
}

TEST_CASE("Reals have the fewest digits and stay reals", "[jsonl][writer]") {
  CHECK(written("double", Cell::of_real(1)) == "{\"v\":1.0}\n");
  CHECK(written("double", Cell::of_real(-0.0)) == "{\"v\":-0.0}\n");
  CHECK(written("double", Cell::of_real(0.1)) == "{\"v\":0.1}\n");
  CHECK(written("double", Cell::of_real(1e300)) == "{\"v\":1e+300}\n");
  CHECK(written("float", Cell::of_real(static_cast<double>(0.1F))) == "{\"v\":0.1}\n");
  CHECK(written("decimal", Cell::of_bytes("12.50")) == "{\"v\":12.50}\n");
}

TEST_CASE("What is no number in JSON is written as a text", "[jsonl][writer]") {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  const auto* const type = GENERATE("float", "double");
  CHECK(written(type, Cell::of_real(std::numeric_limits<double>::quiet_NaN())) ==
        "{\"v\":\"NaN\"}\n");
  CHECK(written(type, Cell::of_real(kInfinity)) == "{\"v\":\"Infinity\"}\n");
  CHECK(written(type, Cell::of_real(-kInfinity)) == "{\"v\":\"-Infinity\"}\n");
}

TEST_CASE("Texts have no more escapes than they need", "[jsonl][writer]") {
  CHECK(written("string", Cell::of_bytes("a\"b\\c/d\n\r\t\b\f\x01\x1f\x7f")) ==
        "{\"v\":\"a\\\"b\\\\c/d\\n\\r\\t\\b\\f\\u0001\\u001f\x7f\"}\n");
  CHECK(written("string", Cell::of_bytes("é日😀")) == "{\"v\":\"é日😀\"}\n");
  CHECK(written("string", Cell::of_bytes(std::string_view("\0", 1))) == "{\"v\":\"\\u0000\"}\n");
  CHECK(written("string", Cell::of_bytes("")) == "{\"v\":\"\"}\n");
}

TEST_CASE("Bytes that are not UTF-8 become the replacement character", "[jsonl][writer]") {
  CHECK(written("string", Cell::of_bytes("a\xFF\xE9z")) ==
        "{\"v\":\"a\xEF\xBF\xBD\xEF\xBF\xBDz\"}\n");
}

TEST_CASE("Bytes are written in base64", "[jsonl][writer]") {
  CHECK(written("varbinary", Cell::of_bytes("\xFF\xFE")) == "{\"v\":\"//4=\"}\n");
}

TEST_CASE("Vectors and tensors are written as they are read", "[jsonl][writer]") {
  struct Case {
    const char* type;
    const char* text;
  };
  const auto [type, text] =
      GENERATE(Case{"vector", "[1.0,-2.5,\"NaN\"]"},
               Case{"vector", "[]"},
               Case{"vector", R"({"size":4,"indices":[0,2],"values":[1.0,3.5]})"},
               Case{"vector", R"({"indices":[],"values":[]})"},
               Case{"tensor", "[[[1],[2]],[[3],[4]],[[5],[6]]]"},
               Case{"tensor", "[1.0,0.1,\"Infinity\"]"},
               Case{"float_tensor", "[[0.1,2.0]]"},
               Case{"tensor", "1.5"},
               Case{"tensor", "[true,false]"},
               Case{"ubyte_tensor", "[255,0]"},
               Case{"byte_tensor", "[-128]"},
               Case{"tensor", R"([["a\n",null],["","é"]])"},
               Case{"tensor", "[]"},
               Case{"tensor", "[[],[]]"});
  CHECK(value_written(type, text) == text);
}

/// A text with everything in it that needs care.
std::string random_text(std::mt19937_64& random) {
  constexpr std::array<const char*, 10> kPieces = {
      "a", "\"", "\\", "\n", "é", "日", "😀", "\x01", "plain text", "\x7f"};
  std::string text;
  for (std::size_t i = random() % 6; i > 0; --i) {
    text += kPieces[random() % kPieces.size()];
  }
  return text;
}

double random_real(std::mt19937_64& random) {
  const auto value = std::bit_cast<double>(random());
  if (std::isnan(value)) {  // there is but one in a text
    return std::numeric_limits<double>::quiet_NaN();
  }
  return random() % 2 == 0 ? static_cast<double>(random() % 1000) / 8 : value;
}

constexpr const char* kSchema =
    "bo boolean, by byte, l long, f float, d double, s string, bin varbinary, ts timestamp, "
    "v vector, t float_tensor, st string_tensor";

/// A row of kSchema, some of its cells null, with its texts and vectors in `arena`.
std::vector<Cell> random_row(std::mt19937_64& random, table::Arena& arena) {
  Buffer vector;
  table::append_dense_vector_head(vector, 2);
  const std::array<double, 2> reals = {random_real(random), random_real(random)};
  table::append_values<double>(vector, reals);
  Buffer tensor;
  table::append_tensor_head(tensor, Element::kFloat, std::array<std::int64_t, 3>{1, 2, 1});
  table::append_values<float>(tensor, std::array<float, 2>{1.5F, static_cast<float>(reals[0])});
  Buffer texts;
  table::append_tensor_head(texts, Element::kString, std::array<std::int64_t, 1>{2});
  const std::string text = random_text(random);
  table::append_texts(texts, std::array<std::string_view, 2>{text, {}});
  std::vector<Cell> row = {
      Cell::of_integer(static_cast<std::int64_t>(random() % 2)),
      Cell::of_integer(static_cast<std::int8_t>(random())),
      Cell::of_integer(static_cast<std::int64_t>(random())),
      Cell::of_real(static_cast<double>(static_cast<float>(random_real(random)))),
      Cell::of_real(random_real(random)),
      Cell::of_bytes(arena.keep(random_text(random))),
      Cell::of_bytes(arena.keep(random_text(random))),
      Cell::of_bytes("2021-01-02 03:04:05.5"),
      Cell::of_bytes(arena.keep(vector.view())),
      Cell::of_bytes(arena.keep(tensor.view())),
      Cell::of_bytes(arena.keep(texts.view())),
  };
  for (Cell& cell : row) {
    cell = random() % 8 == 0 ? Cell::of_null() : cell;
  }
  return row;
}

struct Written {
  std::string text;
  Rows rows;
};

Written random_table(std::size_t rows, std::uint64_t seed) {
  const table::Schema schema = take(table::parse_schema(kSchema));
  const Writer writer(schema);
  std::mt19937_64 random(seed);
  table::Arena arena;
  Buffer out;
  Written result;
  for (std::size_t i = 0; i < rows; ++i) {
    const std::vector<Cell> row = random_row(random, arena);
    writer.append_row(row, out);
    std::vector<std::string>& shown = result.rows.emplace_back();
    for (std::size_t c = 0; c < row.size(); ++c) {
      shown.push_back(show(schema[c], row[c]));
    }
  }
  result.text = out.view();
  return result;
}

TEST_CASE("Any row that has been written is read again", "[jsonl][writer]") {
  const Written written = random_table(2000, 1);
  const Rows rows = rows_of(kSchema, written.text);
  REQUIRE(rows.size() == written.rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    REQUIRE(rows[i] == written.rows[i]);
  }
}

TEST_CASE("However the bytes arrive the rows are the same", "[jsonl][reader]") {
  const Written written = random_table(100, 2);
  const std::size_t step = GENERATE(1U, 2U, 3U, 7U, 64U, 1000U);
  CAPTURE(step);
  CHECK(rows_of(kSchema, written.text, step) == written.rows);
}

TEST_CASE("A line that is larger than the buffer is read whole", "[jsonl][reader]") {
  const std::string large(3'000'000, 'x');
  const Rows rows = rows_of("a string, b int",
                            R"({"a":")" + large +
                                R"(\n","b":1})"
                                "\n{\"b\":2}\n",
                            65'536);
  CHECK(rows == Rows{{"'" + large + "\n", "1"}, {"null", "2"}});
}

TEST_CASE("Other parsers of JSON read what is written", "[jsonl][writer]") {
  const Written written = random_table(500, 3);
  std::string_view rest = written.text;
  while (!rest.empty()) {
    const std::size_t end = rest.find('\n');
    const Json json = Json::parse(rest.substr(0, end));
    CHECK(json.size() == 11);
    CHECK(json.begin().key() == "bo");
    // Compact, with no more escapes than needed: what the other one writes is the same but for
    // numbers.
    if (json["s"].is_string()) {
      CHECK(rest.substr(0, end).find("\"s\":" + json["s"].dump()) != std::string_view::npos);
    }
    rest.remove_prefix(end + 1);
  }
}

}  // namespace
}  // namespace alinktf::jsonl
