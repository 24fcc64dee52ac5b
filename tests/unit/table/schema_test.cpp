#include "table/schema.hpp"

#include "unit/golden.hpp"
#include "unit/result.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

namespace alinktf::table {
namespace {

using Catch::Contains;

TEST_CASE("Names and types are taken apart", "[table][schema]") {
  const Schema schema = take(parse_schema(" id  long ,x double,\n price DECIMAL(10, 2) , "));
  REQUIRE(schema.size() == 3);
  CHECK(schema[0] == Column{"id", ColumnType::kLong});
  CHECK(schema[2] == Column{"price", ColumnType::kDecimal});
  CHECK(to_string(schema) == "id BIGINT,x DOUBLE,price DECIMAL");
}

TEST_CASE("A schema that cannot be read names the column", "[table][schema]") {
  const auto message = [](const char* text) {
    return failure(parse_schema(text), ErrorCode::kSpec);
  };
  CHECK_THAT(message("a int, b"), Contains("column 'b' has no type"));
  CHECK_THAT(message("a int, b dubble"),
             Contains("column 'b'") && Contains("did you mean 'DOUBLE'?"));
  CHECK_THAT(message("a int,, b int"), Contains("column 2 is empty"));
  CHECK_THAT(message("a int, A long"), Contains("column 'A' stands twice"));
  CHECK_THAT(message(""), Contains("no columns"));
  CHECK_THAT(message(" , "), Contains("empty"));
}

TEST_CASE("Columns are found without case", "[table][schema]") {
  const Schema schema = take(parse_schema("Id long, name string"));
  CHECK(find_column(schema, "NAME") == 1);
  CHECK(find_column(schema, "id") == 0);
  CHECK_FALSE(find_column(schema, "i"));
}

struct Difference {
  const char* input;
  const char* ours;  ///< Our canonical form, or "" for an error.
};

// Aliases that Alink refuses are accepted; its composites, which no script can use, are refused.
constexpr std::array kDifferences = {
    Difference{"a bool", "a BOOLEAN"},
    Difference{"a real", "a FLOAT"},
    Difference{"a char", "a STRING"},
    Difference{"a TIMESTAMP(3)", "a TIMESTAMP"},
    Difference{"a binary", "a VARBINARY"},
    Difference{"a double precision", "a DOUBLE"},
    Difference{"a MTable", ""},
    Difference{"a MAP<STRING,INT>", ""},
};

TEST_CASE("Schema strings mean what they mean to Alink", "[table][schema][golden]") {
  int checked = 0;
  for (const auto& row : golden::read_tsv("text/schema_strings.tsv")) {
    const std::string input = golden::unescape(row[0]).value();
    CAPTURE(input);
    const auto* const difference =
        std::find_if(kDifferences.begin(), kDifferences.end(), [&](const Difference& known) {
          return input == known.input;
        });
    const std::string expected = difference != kDifferences.end() ? difference->ours
                                 : row[1] == "ERR"                ? ""
                                                   : golden::unescape(row[1]).value();
    const Result<Schema> schema = parse_schema(input);
    CHECK((schema.ok() ? to_string(schema.value()) : "") == expected);
    ++checked;
  }
  CHECK(checked == 32);
}

}  // namespace
}  // namespace alinktf::table
