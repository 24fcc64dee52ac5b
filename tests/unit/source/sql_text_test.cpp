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
      {"case when RAND() > 0.5 then 1. else 0. end", "case when RAND() > 0.5 then 1  else 0  end"},
      {"case a when 1. then case when b then 2. end else -3. end",
       "case a when 1  then case when b then 2  end else -3  end"},
      {"f(1., a * 2., 3.)", "f(1 , a * 2., 3 )"},
      {"a = 1. or a <> 2. or 3. <= a or not 4.", "a = 1  or a <> 2  or 3  <= a or not 4 "},
      {"distinct -1. as a, b", "distinct -1  as a, b"},
      {"'x' || 1.", "'x' || 1 "},
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

TEST_CASE("A part of the statement cannot reach beyond itself", "[source][sql]") {
  const auto change = GENERATE(values<Change>({
      {"1) union select (1", "found a parenthesis that closes none at character 2, near ') un"},
      {"(1; drop table input)", "found ';' at character 3"},
      {"f(a, (b)", "found a parenthesis that is not closed at character 2, near '(a, (b)'"},
      {"a = 'x", "found a quote or comment that is not closed at character 5, near ''x'"},
      {"\"a", "not closed at character 1"},
      {"[a", "not closed at character 1"},
      {"a /* b", "found a quote or comment that is not closed at character 3"},
      {"a = ?", "found a placeholder at character 5"},
      {"a = :b", "found a placeholder at character 5"},
      {"a = $b", "found a placeholder at character 5"},
      {"a \xEF\xBB\xBF"
       "from b",
       "found 'from'"},
      {" -- a", "found nothing but blanks and comments"},
      {std::string("a\0b", 3), "found a NUL character"},
  }));
  CHECK_THAT(failure(prepare_sql("where", change.sql), ErrorCode::kSpec),
             Catch::StartsWith("/where: found ") && Contains(change.expected));
}

TEST_CASE("Names may hold a dollar sign behind their first letter", "[source][sql]") {
  CHECK(prepared("a$1.") == "a$1.");
  CHECK(prepared("a$b > 1.") == "a$b > 1 ");
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
