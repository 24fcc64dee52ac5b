#include "source/project.hpp"

#include "unit/source/rows.hpp"

#include <catch2/catch.hpp>

namespace alinktf::source {
namespace {

using Catch::Contains;

TEST_CASE("Selected columns come in the order asked for", "[source][project]") {
  auto reader =
      take(project(table_of("a int, b string, c double", {{"1", "x", "0.5"}, {"2", "null", "1.5"}}),
                   {"c", "b"}));
  CHECK(table::to_string(reader->schema()) == "c DOUBLE,b STRING");
  CHECK(rows_of(*reader) == Rows{{"0.5", "x"}, {"1.5", "null"}});
}

TEST_CASE("A selected column is found whatever its case and keeps the name of the input",
          "[source][project]") {
  auto reader = take(project(table_of("Label int", {{"1"}}), {"LABEL"}));
  CHECK(reader->schema()[0].name == "Label");
}

TEST_CASE("A selected column that is not there is named with what is", "[source][project]") {
  const auto reader =
      project(table_of("sepal_length double, species string", {}), {"sepal_lenght"});
  CHECK_THAT(failure(reader, ErrorCode::kSpec),
             Contains("/selectedCols: found 'sepal_lenght'") &&
                 Contains("did you mean 'sepal_length'?") &&
                 Contains("it has sepal_length, species"));
}

TEST_CASE("A projection delivers the rows before an error of its input", "[source][project]") {
  auto input = table_of("a int, b int", {{"1", "2"}});
  input->fail_with(Error(ErrorCode::kInput, "line 3 is bad"));
  auto reader = take(project(std::move(input), {"b"}));
  Rows rows;
  CHECK(failure(read_all(*reader, rows), ErrorCode::kInput) == "line 3 is bad");
  CHECK(rows == Rows{{"2"}});
}

TEST_CASE("A projection waits when its input does", "[source][project]") {
  auto input = table_of("a int", numbered(3));
  input->give_at_once(1);
  CHECK(take(project(std::move(input), {"a"}))->would_wait());
  CHECK_FALSE(take(project(table_of("a int", {}), {"a"}))->would_wait());
}

}  // namespace
}  // namespace alinktf::source
