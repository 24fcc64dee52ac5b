#include "formats/java_random/column_conf.hpp"

#include "unit/result.hpp"

#include <catch2/catch.hpp>

#include <cmath>

namespace alinktf::java_random {
namespace {

using Catch::Contains;

std::string refusal(std::string_view text) {
  CAPTURE(text);
  return failure(parse_col_confs(text), ErrorCode::kSpec);
}

/// `count` cells of the one column that `text` describes.
std::vector<table::Cell> draws(std::string_view text, int count) {
  const auto confs = take(parse_col_confs(text));
  REQUIRE(confs.size() == 1);
  JavaRandom random(7);
  std::vector<table::Cell> cells;
  for (int i = 0; i < count; ++i) {
    cells.push_back(confs[0].distribution.draw(random));
  }
  return cells;
}

double mean(const std::vector<table::Cell>& cells) {
  double sum = 0;
  for (const table::Cell& cell : cells) {
    sum += cell.real;
  }
  return sum / static_cast<double>(cells.size());
}

double share_of_nulls(const std::vector<table::Cell>& cells) {
  double nulls = 0;
  for (const table::Cell& cell : cells) {
    nulls += cell.null ? 1 : 0;
  }
  return nulls / static_cast<double>(cells.size());
}

TEST_CASE("Columns, distributions and their numbers are read", "[java_random][column_conf]") {
  const auto confs = take(parse_col_confs(
      "a : UNIFORM( -1, 1 );b:gauss(10,4,nullper=0.5); c:weight_set(7,1,8,3) ;d:poisson(2);"));
  REQUIRE(confs.size() == 4);
  CHECK(confs[0].column == "a");
  CHECK(confs[0].distribution.kind == Distribution::Kind::kUniform);
  CHECK(confs[0].distribution.a == -1);
  CHECK_FALSE(confs[0].distribution.nullper);
  CHECK(confs[1].distribution.kind == Distribution::Kind::kGauss);
  CHECK(confs[1].distribution.b == 2);
  CHECK(confs[1].distribution.nullper == 0.5);
  CHECK(confs[2].column == "c");
  CHECK(confs[2].at == 49);
  CHECK(confs[2].distribution.values == std::vector<double>{7, 8});
  CHECK(confs[2].distribution.up_to == std::vector<double>{0.25, 1});
  CHECK(confs[3].distribution.kind == Distribution::Kind::kPoisson);
}

TEST_CASE("A text without columns describes none", "[java_random][column_conf]") {
  CHECK(take(parse_col_confs("")).empty());
  CHECK(take(parse_col_confs(" ; ")).empty());
}

TEST_CASE("What is not understood is told with column and place", "[java_random][column_conf]") {
  CHECK(refusal("a:uniform(0,1);b:gaus(0,1)") ==
        "outputColConfs: column 'b': at character 18: found 'gaus', expected uniform, "
        "uniform_open, gauss, weight_set or poisson (did you mean 'gauss'?)");
  CHECK(refusal("a:uniform(0,x1)") ==
        "outputColConfs: column 'a': at character 13: found 'x1', expected a number, as in "
        "uniform(a,b)");
  CHECK_THAT(refusal("uniform(0,1)"), Contains("at character 1: found 'uniform(0,1)'"));
  CHECK_THAT(refusal(":uniform(0,1)"), Contains("expected NAME:DISTRIBUTION(ARGUMENTS)"));
  CHECK_THAT(refusal("a:"), Contains("at character 3: found ''"));
  CHECK_THAT(refusal("a:uniform"), Contains("parentheses"));
  CHECK_THAT(refusal("a:uniform(0,1"), Contains("parentheses"));
  CHECK_THAT(refusal("a:uniform()"), Contains("at character 11: found '', expected a number"));
  CHECK_THAT(refusal("a:uniform(1)"), Contains("found '1', expected 2 numbers"));
  CHECK_THAT(refusal("a:poisson(1,2)"), Contains("expected 1 number, as in poisson(lambda)"));
  CHECK_THAT(refusal("a:uniform(0,inf)"), Contains("'inf'"));
  CHECK_THAT(refusal("a:uniform(0,1e999)"), Contains("'1e999'"));
  CHECK_THAT(refusal("a:uniform(0,1);A:poisson(1)"), Contains("'A': at character 16"));
}

TEST_CASE("Numbers out of range are refused", "[java_random][column_conf]") {
  CHECK_THAT(refusal("a:gauss(0,-1)"), Contains("variance"));
  CHECK_THAT(refusal("a:poisson(-1)"), Contains("lambda from 0 to 700"));
  CHECK_THAT(refusal("a:poisson(701)"), Contains("lambda"));
  CHECK_THAT(refusal("a:weight_set(1)"), Contains("pairs of a value and its weight"));
  CHECK_THAT(refusal("a:weight_set(1,-2)"), Contains("(found -2)"));
  CHECK_THAT(refusal("a:weight_set(1,0,2,0)"), Contains("sum above 0"));
  CHECK_THAT(refusal("a:uniform(0,1,nullper=1.5)"), Contains("nullper=x, x from 0 to 1"));
  CHECK_THAT(refusal("a:uniform(0,1,nullper)"), Contains("nullper=x, x from 0 to 1"));
  CHECK_THAT(refusal("a:uniform(nullper=0.5,0,1)"), Contains("'nullper=0.5', expected a number"));
}

TEST_CASE("Numbers are spread as asked", "[java_random][column_conf]") {
  constexpr int kCount = 20'000;
  CHECK(mean(draws("a:uniform(2,4)", kCount)) == Approx(3).margin(0.02));
  CHECK(mean(draws("a:uniform_open(-1,0)", kCount)) == Approx(-0.5).margin(0.01));
  CHECK(mean(draws("a:poisson(3)", kCount)) == Approx(3).margin(0.05));
  CHECK(mean(draws("a:poisson(0)", 10)) == 0);
  CHECK(mean(draws("a:weight_set(10,1,20,3)", kCount)) == Approx(17.5).margin(0.1));
  const auto gauss = draws("a:gauss(5,4)", kCount);
  CHECK(mean(gauss) == Approx(5).margin(0.05));
  double squares = 0;
  for (const table::Cell& cell : gauss) {
    squares += (cell.real - 5) * (cell.real - 5) / kCount;
  }
  CHECK(squares == Approx(4).margin(0.15));
}

TEST_CASE("A value without weight is never drawn", "[java_random][column_conf]") {
  for (const table::Cell& cell : draws("a:weight_set(1,0,2,1,3,0)", 1000)) {
    REQUIRE(cell.real == 2);
  }
}

TEST_CASE("As many cells are null as asked, of poisson columns too", "[java_random][column_conf]") {
  constexpr int kCount = 20'000;
  CHECK(share_of_nulls(draws("a:uniform(0,1)", kCount)) == 0);
  CHECK(share_of_nulls(draws("a:uniform(0,1,nullper=0.3)", kCount)) == Approx(0.3).margin(0.01));
  // Alink would take 0.25 for 0.2 and 0.5 for 0.
  CHECK(share_of_nulls(draws("a:poisson(1,nullper=0.25)", kCount)) == Approx(0.25).margin(0.01));
  CHECK(share_of_nulls(draws("a:poisson(1,nullper=1)", 100)) == 1);
}

}  // namespace
}  // namespace alinktf::java_random
