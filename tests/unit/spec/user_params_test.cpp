#include "unit/spec/job.hpp"

#include <catch2/catch.hpp>

#include <string>

namespace alinktf::spec {
namespace {

using Catch::Contains;

std::string typed(const std::string& params, const std::string& types = "alink") {
  const Job job;
  return job
      .good(csv_job(R"(, "userParams": )" + params + R"(, "userParamTypes": ")" + types + "\""))
      .user_params_json;
}

// What a batch component of Alink 1.6.2 gave its script for these params
// (testdata/golden/README.md, jobs/b3).
TEST_CASE("Params are typed as by the batch components of Alink", "[spec][params]") {
  CHECK(
      typed(R"({"i":16,"f":1e-3,"f2":0.1,"b":true,"n":null,"s":"x y","big":12345678901234567890,
                  "ALINK:save_latest_checkpoint":false})") ==
      R"({"i":"16","f":"1e-3","f2":"0.1","b":"true","n":null,"s":"x y","big":"12345678901234567890",)"
      R"("ALINK:save_latest_checkpoint":"false"})");
}

TEST_CASE("Nested params become their compact JSON text", "[spec][params]") {
  CHECK(typed(R"({"l": [1, "a", 1e-3, [ ]], "o": {"k": 1.50, "n": null}})") ==
        R"({"l":"[1,\"a\",1e-3,[]]","o":"{\"k\":1.50,\"n\":null}"})");
}

TEST_CASE("Native params keep their types and the text of their numbers", "[spec][params]") {
  CHECK(typed(R"({"i": 16, "f": 1e-3, "b": true, "n": null, "s": "x", "l": [1, {"k": 1.50}]})",
              "native") == R"({"i":16,"f":1e-3,"b":true,"n":null,"s":"x","l":[1,{"k":1.50}]})");
}

TEST_CASE("Params may be given as JSON text", "[spec][params]") {
  CHECK(typed(R"("{\"a\": 1, \"b\": [2]}")") == R"({"a":"1","b":"[2]"})");
  CHECK(typed(R"("{\"a\": 1}")", "native") == R"({"a":1})");
}

TEST_CASE("Texts in params keep every character", "[spec][params]") {
  CHECK(typed(R"({"t": "ä\n\"\\ \u0001 €"})") == R"({"t":"ä\n\"\\ \u0001 €"})");
}

TEST_CASE("JSON text that is wrong is told with its place in the text", "[spec][params]") {
  const Job job;
  const auto problems = [&](const std::string& params) {
    return job.problems(csv_job(R"(, "userParams": )" + params));
  };
  CHECK_THAT(
      problems(R"("{\"a\" 1}")"),
      Catch::StartsWith(
          "iris.json: /userParams: expected the JSON text of an object, found at line 1, column "
          "6: syntax error"));
  CHECK_THAT(problems(R"("[1]")"),
             Contains("/userParams: expected the JSON text of an object, found that of a list"));
  CHECK_THAT(problems(R"("{\"a\": 1, \"a\": 2}")"),
             Contains("/userParams/a: the key 'a' stands twice"));
  CHECK_THAT(
      problems("[1]"),
      Contains("/userParams: expected an object, or a string with its JSON text, found a list"));
}

TEST_CASE("Params from the environment must be UTF-8", "[spec][params]") {
  Job job;
  job.variable("BYTES", "\xff");
  CHECK_THAT(job.problems(csv_job(R"(, "userParams": {"a": "${env:BYTES}"})")),
             Contains(R"(/userParams/a: expected UTF-8, found '\xff')"));
}

TEST_CASE("What lies in a list or object of a secret name is not shown", "[spec][params]") {
  Job job;
  job.variable("BYTES", "hunter2\xff");
  const auto* const params = GENERATE(R"({"auth": ["x", "${env:BYTES}"]})",
                                      R"({"credentials": {"user": {"name": "${env:BYTES}"}}})");
  CHECK_THAT(job.problems(csv_job(R"(, "userParams": )" + std::string(params))),
             Contains("expected UTF-8, found ***") && !Contains("hunter2"));
}

TEST_CASE("The environment may hold all params as text", "[spec][params]") {
  Job job;
  job.variable("PARAMS", R"({"a": 1})");
  CHECK(job.good(csv_job(R"(, "userParams": "${env:PARAMS}")")).user_params_json == R"({"a":"1"})");
}

}  // namespace
}  // namespace alinktf::spec
