// The columns of CSV files that come without a schema.
#include "convert/infer.hpp"

#include <catch2/catch.hpp>

#include <string>

namespace alinktf::convert {
namespace {

using FirstLine = Inferred::FirstLine;

Inferred inferred(const std::string& text, const spec::InputSpec& input = {}, bool whole = true) {
  auto result = infer_csv(input, text, whole);
  INFO((result.ok() ? "" : result.error().str()));
  REQUIRE(result.ok());
  return std::move(result).value();
}

std::string schema_of(const std::string& text, const spec::InputSpec& input = {}) {
  return table::to_string(inferred(text, input).schema);
}

TEST_CASE("Rows without names get col0 and so on, with the types of their values",
          "[convert][infer_csv]") {
  const Inferred found = inferred("1,a,true,1.5,2021-01-01\n2,b,false,3,2021-01-02\n");
  CHECK(table::to_string(found.schema) ==
        "col0 BIGINT,col1 STRING,col2 BOOLEAN,col3 DOUBLE,col4 DATE");
  CHECK(found.first_line == FirstLine::kRow);
}

TEST_CASE("Names above values of other kinds are a header", "[convert][infer_csv]") {
  const Inferred found = inferred("\xEF\xBB\xBFid, name\r\n1,x\r\n2,y\r\n");
  CHECK(table::to_string(found.schema) == "id BIGINT,name STRING");
  CHECK(found.first_line == FirstLine::kNames);
}

TEST_CASE("Names above texts are a header if the texts are no names", "[convert][infer_csv]") {
  CHECK(schema_of("city,street\nBerlin,Unter den Linden 1\n") == "city STRING,street STRING");
  CHECK(schema_of("city,street\nBerlin,Linden\n") == "col0 STRING,col1 STRING");
  CHECK(schema_of("city,street\n") == "col0 STRING,col1 STRING");
}

TEST_CASE("A first line that cannot be names is a row", "[convert][infer_csv]") {
  const auto* text = GENERATE("a,a\n1,2\n", "a,\n1,2\n", "a,7\n1,2\n");
  CAPTURE(text);
  CHECK(inferred(text).first_line == FirstLine::kRow);
}

TEST_CASE("Names that no schema can hold are passed over", "[convert][infer_csv]") {
  const Inferred found = inferred("first name,age\nx,1\n");
  CHECK(table::to_string(found.schema) == "col0 STRING,col1 BIGINT");
  CHECK(found.first_line == FirstLine::kOther);
  CHECK(as_options(found) ==
        "--schema \"col0 STRING,col1 BIGINT\" --set input.ignoreFirstLine=true");
}

TEST_CASE("Names that stand twice are passed over", "[convert][infer_csv]") {
  spec::InputSpec input;
  input.csv.header = true;
  const Inferred found = inferred("id,name,Name\n1,a,b\n", input);
  CHECK(table::to_string(found.schema) == "col0 BIGINT,col1 STRING,col2 STRING");
  CHECK(found.first_line == FirstLine::kOther);
}

TEST_CASE("Names that would take their neighbour in are passed over", "[convert][infer_csv]") {
  spec::InputSpec input;
  input.csv.header = true;
  CHECK(schema_of("id,name(x,y\n1,a,b\n", input) == "col0 BIGINT,col1 STRING,col2 STRING");
  CHECK(schema_of("A,b\n1,x\n", input) == "A BIGINT,b STRING");
}

TEST_CASE("What the options say of the first line wins", "[convert][infer_csv]") {
  spec::InputSpec input;
  input.csv.header = true;
  CHECK(schema_of("city,street\nBerlin,Linden\n", input) == "city STRING,street STRING");
  input.csv.header = false;
  input.ignore_first_line = true;
  const Inferred found = inferred("id,name\n1,x\n", input);
  CHECK(table::to_string(found.schema) == "col0 BIGINT,col1 STRING");
  CHECK(found.first_line == FirstLine::kOther);
}

TEST_CASE("Quoted fields, nulls and other delimiters are understood", "[convert][infer_csv]") {
  CHECK(schema_of("1,\"a,\"\"b\"\"\n\"\n2,\n,\n") == "col0 BIGINT,col1 STRING");
  CHECK(schema_of("1,\"\"\n2,3\n") == "col0 BIGINT,col1 STRING");
  spec::InputSpec input;
  input.csv.field_delimiter = "||";
  input.csv.quote_char = std::nullopt;
  CHECK(schema_of("1||\"\n2||3\n", input) == "col0 BIGINT,col1 STRING");
}

TEST_CASE("A row that is cut off tells nothing", "[convert][infer_csv]") {
  CHECK(table::to_string(inferred("1,2\n3,x", {}, false).schema) == "col0 BIGINT,col1 BIGINT");
  CHECK(table::to_string(inferred("1,2\n3,x", {}, true).schema) == "col0 BIGINT,col1 STRING");
}

TEST_CASE("A file without rows has no columns to tell", "[convert][infer_csv]") {
  const auto* text = GENERATE("", "\n\n", "\r\n");
  const auto result = infer_csv({}, text, true);
  REQUIRE_FALSE(result.ok());
  CHECK(result.error().code() == ErrorCode::kInput);
  CHECK_THAT(result.error().str(), Catch::Contains("holds no rows"));
}

TEST_CASE("Options are quoted for a shell", "[convert][infer]") {
  CHECK(shell_quote("a b") == "\"a b\"");
  CHECK(shell_quote("a$b 'c'") == R"('a$b '\''c'\''')");
}

}  // namespace
}  // namespace alinktf::convert
