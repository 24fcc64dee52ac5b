#include "source/sql_database.hpp"

#include "unit/source/rows.hpp"

#include <catch2/catch.hpp>

namespace alinktf::source {
namespace {

using Catch::Contains;

InputTable flowers() {
  return InputTable(table_of("id byte, size float, species string", {}));
}

bool streams(const std::string& list, const std::string& condition = "") {
  InputTable input = flowers();
  const auto database = take(SqlDatabase::open(input, 0));
  return database->streams({.list = list, .condition = condition});
}

std::string refusal(const std::string& list, const std::string& condition = "") {
  InputTable input = flowers();
  const auto database = take(SqlDatabase::open(input, 0));
  return failure(database->prepare({.list = list, .condition = condition}), ErrorCode::kSpec);
}

TEST_CASE("What needs one row alone streams", "[source][sql_database]") {
  const std::string value = GENERATE(as<std::string>(),
                                     "id",
                                     "case when id > 1 then 1 else rand() end",
                                     "species in ('setosa', 'virginica', 'versicolor')",
                                     "species like '%a' and size between 1 and 2",
                                     "json_extract(species, '$.a')",
                                     "(select id where size > 1)",
                                     "max(id, size)",
                                     "id in (select 1)");
  CHECK(streams("*, " + value + " as value"));
  CHECK(streams("1", value));
}

TEST_CASE("What needs more than the row at hand does not stream", "[source][sql_database]") {
  CHECK_FALSE(streams("max(id)"));
  CHECK_FALSE(streams("count(*), id"));
  CHECK_FALSE(streams("sum(id) over (order by size)"));
  CHECK_FALSE(streams("row_number() over ()"));
  CHECK_FALSE(streams("(select max(id) from input)"));
  CHECK_FALSE(streams("id", "id in (select id from input)"));
  CHECK_FALSE(streams("id", "exists (select 1 from input)"));
  CHECK_FALSE(streams("id", "id > (select rand())"));  // one draw for all rows
}

TEST_CASE("A condition with very many values is not set up for each block",
          "[source][sql_database]") {
  std::string values = "0";
  for (int i = 1; i < 100; ++i) {
    values += fmt::format(",{}", i);
  }
  CHECK_FALSE(streams("id", "id in (" + values + ")"));
  CHECK(streams("id", "id in (1,2,3,4,5,6,7,8,9)"));
}

TEST_CASE("A wrong statement is blamed on the part that is wrong", "[source][sql_database]") {
  CHECK_THAT(refusal("id,", "id > 1"), Contains("/select: SQL error at its end: near \"FROM\""));
  CHECK_THAT(refusal("id id2 id3", "id >"),
             Contains("/select: SQL error at character 8, near 'id3': near \"id3\""));
  CHECK_THAT(refusal("case when id then 1", "id"), Contains("/select: SQL error at its end"));
  CHECK_THAT(refusal("id", "id >"), Contains("/where: SQL error at its end: near \")\""));
  CHECK_THAT(refusal("id", "id = = 1"), Contains("/where: SQL error at character 6, near '= 1'"));
  CHECK_THAT(refusal("id", "nofunction(id)"),
             Contains("/where: SQL error") && Contains("no such function: nofunction"));
  CHECK_THAT(refusal("id", "max(id) > 1"), Contains("/where: SQL error") && Contains("aggregate"));
  CHECK_THAT(refusal("id, nofunction(id)", "id > 1"), Contains("/select: SQL error"));
}

TEST_CASE("A message counts characters and cuts none", "[source][sql_database]") {
  CHECK_THAT(refusal("'\xC3\xBC\xC3\xBC' as u, sise as "
                     "\"\xC3\xBC\xC3\xBC\xC3\xBC\xC3\xBC\xC3\xBC\xC3\xBC\xC3\xBC\xC3\xBC"
                     "\xC3\xBC\xC3\xBC\xC3\xBC\xC3\xBC\""),
             Contains("at character 12, near 'sise as \"\xC3\xBC") && !Contains("\\x"));
}

TEST_CASE("A message is one line", "[source][sql_database]") {
  const std::string text = refusal("id,\n\tsise", "id\n>\n1");
  CHECK(text.find('\n') == std::string::npos);
  CHECK_THAT(text, Contains("SELECT id,  sise FROM input"));
}

TEST_CASE("A column that is not there is not a text", "[source][sql_database]") {
  CHECK_THAT(refusal("id", "species = \"Species \""), Contains("no such column: Species "));
  CHECK_THAT(refusal("\"sepcies\" as x"), Contains("did you mean 'species'?"));
}

TEST_CASE("SQL sees each type as what it compares with", "[source][sql_database]") {
  CHECK(sql_type(table::ColumnType::kBoolean) == SqlType::kInteger);
  CHECK(sql_type(table::ColumnType::kFloat) == SqlType::kReal);
  CHECK(sql_type(table::ColumnType::kDecimal) == SqlType::kDecimal);
  CHECK(sql_type(table::ColumnType::kTimestamp) == SqlType::kText);
  CHECK(sql_type(table::ColumnType::kVarbinary) == SqlType::kBlob);
  CHECK(sql_type(table::ColumnType::kSparseVector) == SqlType::kBlob);
  CHECK(sql_type(table::ColumnType::kStringTensor) == SqlType::kBlob);
}

TEST_CASE("An input with more columns than SQLite takes is refused", "[source][sql_database]") {
  table::Schema schema;
  for (int i = 0; i < 2001; ++i) {
    schema.push_back({.name = fmt::format("c{}", i), .type = table::ColumnType::kInt});
  }
  InputTable input(std::make_unique<FakeTable>(schema, Rows{}));
  CHECK_THAT(failure(SqlDatabase::open(input, 0), ErrorCode::kSpec),
             Contains("2001 columns, expected at most 2000"));
}

}  // namespace
}  // namespace alinktf::source
