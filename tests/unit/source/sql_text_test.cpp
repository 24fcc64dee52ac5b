#include "source/sql_text.hpp"

#include "unit/result.hpp"

#include <catch2/catch.hpp>

#include <string>

namespace alinktf::source {
namespace {

using Catch::Contains;

std::string prepared(const std::string& sql) {
  return take(prepare_sql("select", sql));
}

struct Change {
  std::string sql;
  std::string expected;
};

TEST_CASE("A literal with a bare point is an integer", "[source][sql]") {
  const auto change = GENERATE(values<Change>({
      {"1.", "1 "},
      {"case when y = 'a' then 1. else 0. end as label",
       "case when y = 'a' then 1  else 0  end as label"},
      {"CASE WHEN a > 2. THEN -1. ELSE +12. END", "CASE WHEN a > 2  THEN -1  ELSE +12  END"},
      {"(1.)", "(1 )"},
      {"coalesce(a, 0.), *", "coalesce(a, 0 ), *"},
      {"a in (1.,2.)", "a in (1 ,2 )"},
      {"a between 1. and 2.", "a between 1  and 2 "},
  }));
  CHECK(prepared(change.sql) == change.expected);
}

TEST_CASE("An operand of arithmetic keeps its point", "[source][sql]") {
  const std::string sql = GENERATE(as<std::string>(),
                                   "1. * x",
                                   "x / 2.",
                                   "x/2.+1.",
                                   "(a + b) - 1.",
                                   "\"a b\" / 2.",
                                   "`a b` / 2.",
                                   "[a b] / 2.",
                                   "x % 3.",
                                   "x / -2.",
                                   "x * - + 2.",
                                   "-2. / x");
  CHECK(prepared(sql) == sql);
}

TEST_CASE("Numbers with digits behind the point are left alone", "[source][sql]") {
  const std::string sql = GENERATE(as<std::string>(), "1.0", ".5", "1.e3", "1.5e-3", "12", "0x1e");
  CHECK(prepared(sql) == sql);
}

TEST_CASE("Quoted texts and comments are left alone", "[source][sql]") {
  const std::string sql = GENERATE(as<std::string>(),
                                   "'1.' as a",
                                   "'it''s 1.' as a",
                                   "\"1.\"",
                                   "`1.`",
                                   "[1.]",
                                   "a -- then 1.\n, b",
                                   "a /* 1. from */ , b",
                                   "'from; where'");
  CHECK(prepared(sql) == sql);
}

TEST_CASE("Places in the statement stay where they were", "[source][sql]") {
  const std::string sql = "1. as a, bad bad";
  CHECK(prepared(sql).find("bad bad") == sql.find("bad bad"));
}

TEST_CASE("Clauses of a whole statement are refused by name", "[source][sql]") {
  const std::string clause = GENERATE(as<std::string>(),
                                      "FROM input",
                                      "where a > 1",
                                      "group by a",
                                      "having a > 1",
                                      "order by a",
                                      "limit 3",
                                      "union select 1",
                                      "except select 1",
                                      "intersect select 1",
                                      "window w as ()",
                                      "; drop table input");
  const std::string text = failure(prepare_sql("select", "a, b " + clause), ErrorCode::kSpec);
  CHECK_THAT(text, Contains("/select: found '" + clause.substr(0, clause.find(' ')) + "'"));
  CHECK_THAT(text, Contains("expected only the list after SELECT"));
}

TEST_CASE("A condition that holds clauses is told apart from a list", "[source][sql]") {
  CHECK_THAT(failure(prepare_sql("where", "a > 1 order by a"), ErrorCode::kSpec),
             Contains("/where: found 'order' at character 7, near 'order by a'") &&
                 Contains("expected only a condition"));
}

TEST_CASE("A closing parenthesis does not smuggle in a clause", "[source][sql]") {
  CHECK_FALSE(prepare_sql("where", "1) union select (1").ok());
  CHECK_FALSE(prepare_sql("where", "(1; drop table input)").ok());
}

TEST_CASE("Subqueries and windows in parentheses are allowed", "[source][sql]") {
  const std::string sql = GENERATE(as<std::string>(),
                                   "(select max(v) from (select 1 as v union select 2)) as m",
                                   "row_number() over (order by a) as r",
                                   "fromage, \"order\", whereabouts");
  CHECK(prepared(sql) == sql);
}

}  // namespace
}  // namespace alinktf::source
