#include "formats/example/schema_guess.hpp"

#include "unit/formats/example/sample.hpp"
#include "unit/result.hpp"

#include <catch2/catch.hpp>

#include <vector>

namespace alinktf::example {
namespace {

using Catch::Contains;

Result<std::string> guessed(const std::vector<std::string>& records) {
  SchemaGuess guess;
  for (const std::string& record : records) {
    ALINKTF_TRY(guess.add(record));
  }
  ALINKTF_ASSIGN_OR_RETURN(const table::Schema schema, guess.schema());
  return table::to_string(schema);
}

std::string one(const Sample& sample) {
  return take(guessed({sample.serialized()}));
}

TEST_CASE("One value makes a scalar, several a tensor", "[example][schema_guess]") {
  CHECK(one(Sample().floats("x", {1})) == "x FLOAT");
  CHECK(one(Sample().floats("x", {1, 2})) == "x FLOAT_TENSOR");
  CHECK(one(Sample().ints("x", {1})) == "x BIGINT");
  CHECK(one(Sample().ints("x", {1, 2})) == "x LONG_TENSOR");
  CHECK(one(Sample().bytes("x", {"é"})) == "x STRING");
  CHECK(one(Sample().bytes("x", {"a", "bc"})) == "x STRING_TENSOR");
  CHECK(one(Sample().bytes("x", {"\xFF"})) == "x VARBINARY");
  CHECK(one(Sample().bytes("x", {"\xFF", "a"})) == "x BYTE_TENSOR");
}

TEST_CASE("All records decide", "[example][schema_guess]") {
  CHECK(take(guessed({Sample().ints("x", {1}).serialized(),
                      Sample().ints("x", {1, 2}).serialized()})) == "x LONG_TENSOR");
  CHECK(take(guessed({Sample().bytes("x", {"a"}).serialized(),
                      Sample().bytes("x", {"\x80"}).serialized()})) == "x VARBINARY");
  CHECK(take(guessed({Sample().nothing("x").serialized(),
                      Sample().floats("x", {1}).serialized()})) == "x FLOAT");
}

TEST_CASE("Columns stand in order of first appearance", "[example][schema_guess]") {
  CHECK(take(guessed({Sample().ints("zz", {1}).serialized(),
                      Sample().floats("aa", {1}).serialized(),
                      Sample().ints("zz", {2}).serialized()})) == "zz BIGINT,aa FLOAT");
}

TEST_CASE("A feature without values is what its empty list says, or a STRING",
          "[example][schema_guess]") {
  CHECK(one(Sample().nothing("x")) == "x STRING");
  CHECK(one(Sample().floats("x", {})) == "x FLOAT");
}

TEST_CASE("What makes no table is an error", "[example][schema_guess]") {
  const auto failure_of = [](const std::vector<std::string>& records) {
    return failure(guessed(records), ErrorCode::kInput);
  };
  CHECK(failure_of({Sample().nothing("y").serialized(),
                    Sample().ints("x", {1}).serialized(),
                    Sample().floats("x", {1}).serialized()}) ==
        "record 2: feature 'x' is a float_list, expected an int64_list as in record 1");
  CHECK_THAT(failure_of({Sample().ints("x", {1}).serialized(), "no Example"}),
             Contains("record 1: found 10 bytes that are no tf.train.Example"));
  CHECK_THAT(failure_of({Sample().bytes("x", {"\xFF", "ab"}).serialized()}),
             Contains("no column type"));
  CHECK_THAT(failure_of({Sample().ints("x", {1}).ints("X", {1}).serialized()}),
             Contains("differ in case alone"));
  CHECK_THAT(failure_of({}), Contains("no features in 0 records"));
}

}  // namespace
}  // namespace alinktf::example
