// The columns of JSON lines.
#include "convert/infer.hpp"

#include <catch2/catch.hpp>

#include <string>

namespace alinktf::convert {
namespace {

Inferred inferred(const std::string& text, bool whole = true) {
  auto result = infer_jsonl(text, whole);
  INFO((result.ok() ? "" : result.error().str()));
  REQUIRE(result.ok());
  return std::move(result).value();
}

std::string schema_of(const std::string& text) {
  return table::to_string(inferred(text).schema);
}

TEST_CASE("Keys of JSON lines are columns in the order of their appearance",
          "[convert][infer_jsonl]") {
  CHECK(schema_of("{\"b\": 1, \"a\": \"x\"}\n\n{\"c\": true, \"B\": 2}\n") ==
        "b BIGINT,a STRING,c BOOLEAN");
}

TEST_CASE("Values of JSON tell their types", "[convert][infer_jsonl]") {
  struct Case {
    std::string value;
    std::string type;
  };
  const auto [value, type] =
      GENERATE(Case{"1", "BIGINT"},
               Case{"1.0", "DOUBLE"},
               Case{"9223372036854775808", "DOUBLE"},
               Case{"\"2021-01-01\"", "STRING"},
               Case{"null", "STRING"},
               Case{"[1, 2.5]", "DENSE_VECTOR"},
               Case{"[]", "DENSE_VECTOR"},
               Case{"[[1, 2]]", "LONG_TENSOR"},
               Case{"[[1, 2.5]]", "DOUBLE_TENSOR"},
               Case{R"(["a", null])", "STRING_TENSOR"},
               Case{"[true]", "BOOL_TENSOR"},
               Case{R"({"size": 4, "indices": [0], "values": [1.0]})", "SPARSE_VECTOR"});
  CAPTURE(value);
  CHECK(schema_of("{\"k\": " + value + "}\n").substr(2) ==
        std::string(table::type_name(table::parse_type(type).value())));
}

TEST_CASE("Two kinds of numbers or vectors have a type in common", "[convert][infer_jsonl]") {
  CHECK(schema_of("{\"k\": 1}\n{\"k\": null}\n{\"k\": 1.5}\n") == "k DOUBLE");
  CHECK(inferred("{\"k\": [1]}\n{\"k\": {\"indices\": [], \"values\": []}}\n").schema.at(0).type ==
        table::ColumnType::kVector);
}

TEST_CASE("Keys that no column can hold are left out", "[convert][infer_jsonl]") {
  const Inferred found = inferred(
      "{\"a\": 1, \"b\": {\"x\": 1}, \"c d\": 1, \"e\": 1, \"f\": [1, [2]]}\n{\"e\": \"x\"}\n");
  CHECK(table::to_string(found.schema) == "a BIGINT");
  CHECK(found.left_out == std::vector<std::string>{"b", "c d", "e", "f"});
}

TEST_CASE("A line that is cut off tells nothing", "[convert][infer_jsonl]") {
  CHECK(table::to_string(inferred("{\"a\": 1}\n{\"a\": 1.", false).schema) == "a BIGINT");
}

TEST_CASE("Lines that are no objects are told if nothing else is there", "[convert][infer_jsonl]") {
  const auto result = infer_jsonl("\n[1]\n", true);
  REQUIRE_FALSE(result.ok());
  CHECK(result.error().code() == ErrorCode::kInput);
  CHECK(result.error().str() == "line 2: expected a JSON object, found '[1]'");
  CHECK_FALSE(infer_jsonl("", true).ok());
}

}  // namespace
}  // namespace alinktf::convert
