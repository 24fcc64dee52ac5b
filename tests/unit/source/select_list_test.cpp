#include "source/select_list.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>

namespace alinktf::source {
namespace {

/// Each term as "kind:text", a name's with "=alias" if it has one; quantified lists begin with '!'.
std::string cut(std::string_view list) {
  const SelectList split = split_select_list(list);
  std::string out = split.quantified ? "!" : "";
  for (const SelectTerm& term : split.terms) {
    const char kind = term.kind == SelectTerm::Kind::kAll    ? '*'
                      : term.kind == SelectTerm::Kind::kName ? 'n'
                                                             : 'c';
    out += fmt::format(
        "{}:{}{};", kind, term.text, term.alias.empty() ? std::string() : "=" + term.alias);
  }
  return out;
}

TEST_CASE("A list is cut at its own commas only", "[source][select_list]") {
  CHECK(cut("a, f(b, c), (d), 'x,y' as e") == "n:a;c:f(b, c);n:(d);c:'x,y' as e;");
  CHECK(cut("\"a,b\", `c,d`, [e,f]") == "n:\"a,b\";n:`c,d`;n:[e,f];");
  CHECK(cut("a -- , b\n, /* c, */ d /* , */") == "n:a;n:d;");
  CHECK(cut("case when a in (1,2) then b else c end as d,e") ==
        "c:case when a in (1,2) then b else c end as d;n:e;");
}

TEST_CASE("Terms that stand for all columns are told", "[source][select_list]") {
  CHECK(cut("*, input.*, \"input\" . *") == "*:*;*:input.*;*:\"input\" . *;");
  CHECK(cut("a * b, count(*)") == "c:a * b;c:count(*);");
}

TEST_CASE("A name may have an alias of any form", "[source][select_list]") {
  CHECK(cut("a as b, a b, a AS \"b\"\"c\", a 'b c', a [b c], ((a)) `b`, input.a as b") ==
        "n:a as b=b;n:a b=b;n:a AS \"b\"\"c\"=b\"c;n:a 'b c'=b c;n:a [b c]=b c;n:((a)) `b`=b;"
        "n:input.a as b=b;");
}

TEST_CASE("What is more than a name is computed", "[source][select_list]") {
  const std::string term = GENERATE(as<std::string>(),
                                    "a + 1",
                                    "-a",
                                    "'a'",
                                    "1",
                                    "a || b",
                                    "f(a)",
                                    "(a) + (b)",
                                    "(select a)",
                                    "a collate nocase",
                                    "a is null");
  CHECK(cut(term) == "c:" + term + ";");
}

TEST_CASE("DISTINCT belongs to the list and not to a name", "[source][select_list]") {
  CHECK(cut("distinct a, b") == "!n:distinct a;n:b;");
  CHECK(cut("ALL *") == "!*:ALL *;");
  CHECK(cut("\"distinct\", a") == "n:\"distinct\";n:a;");
}

TEST_CASE("A name is found in SQL whatever its quotes and case", "[source][select_list]") {
  CHECK(names("a > 1 and \"B c\" < 2", "b C"));
  CHECK(names("[K] > 1", "k"));
  CHECK_FALSE(names("'k' = k2 -- k", "k"));
}

}  // namespace
}  // namespace alinktf::source
