// --set and ${env:NAME}.
#include "unit/spec/job.hpp"

#include <catch2/catch.hpp>

#include <string>

namespace alinktf::spec {
namespace {

using Catch::Contains;
using Catch::Equals;

TEST_CASE("Values of --set win over the file", "[spec][overrides]") {
  Job job;
  job.set("numWorkers", "3").set("/input/fieldDelimiter", ";").set("input.quoteChar", "null");
  const JobSpec spec = job.good(csv_job(R"(, "numWorkers": 2)"));
  CHECK(spec.num_workers == 3);
  CHECK(spec.input.csv.field_delimiter == ";");
  CHECK_FALSE(spec.input.csv.quote_char.has_value());
}

TEST_CASE("Of two --set with one key the later one counts", "[spec][overrides]") {
  Job job;
  CHECK(job.set("seed", "1").set("seed", "2").good(csv_job()).seed == 2);
}

TEST_CASE("A --set makes objects and replaces what the file calls by another name",
          "[spec][overrides]") {
  Job job;
  job.set("output.filePath", "out.csv").set("input.numRows", "5").set("outputSchemaStr", "x int");
  const JobSpec spec = job.good(
      R"({"component": "TensorFlowBatchOp", "mainScriptFile": "train.py", "schema": "id long",
                   "input": {"format": "random", "maxRows": 1, "numCols": 1}})");
  CHECK(spec.output.given);
  CHECK(spec.output.file_path == job.in("cwd/out.csv"));
  CHECK(spec.input.num_rows == 5);
  CHECK(spec.output_schema.at(0).name == "x");
}

TEST_CASE("Whatever a text is set to is text", "[spec][overrides]") {
  Job job;
  job.set("name", "2024").set("where", "true").set("select", "a, b");
  const JobSpec spec = job.good(csv_job());
  CHECK(spec.name == "2024");
  CHECK(spec.where == "true");
  CHECK(spec.select == "a, b");
}

TEST_CASE("A --set reaches into lists and user params", "[spec][overrides]") {
  Job job;
  job.file("cwd/more.py").file("cwd/other.py");
  job.set("userFiles/0", "x").set("/userFiles/0", "other.py").set("/userFiles/-", "more.py");
  CHECK_THAT(job.problems(csv_job(R"(, "userFiles": ["train.py"])")),
             Contains("--set userFiles/0: unknown key"));

  Job good;
  good.file("cwd/more.py").file("cwd/other.py");
  good.set("/userFiles/0", "other.py").set("/userFiles/-", "more.py").set("userParams.lr", "1e-3");
  const JobSpec spec =
      good.good(csv_job(R"(, "userFiles": ["train.py"], "userParams": {"lr": 1})"));
  CHECK(paths(spec) ==
        std::vector{good.in("cwd/other.py"), good.in("cwd/more.py"), good.in("job/train.py")});
  CHECK(spec.user_params_json == R"({"lr":"1e-3"})");
}

TEST_CASE("Problems of values of --set say so and come last", "[spec][overrides]") {
  Job job;
  job.set("numWorkers", "two").set("input.heder", "true").set("input.filePath", "http://x/a.csv");
  CHECK_THAT(
      job.problems(csv_job(R"(, "seed": -1)")),
      Equals(
          "iris.json: /seed: expected an integer of at least 0, found the number -1\n"
          "--set numWorkers: expected an integer from 1 to 65535, found 'two'\n"
          "--set input.heder: unknown key (did you mean 'header'?)\n"
          "--set input.filePath: expected a local path, found 'http://x/a.csv', and http:// is not "
          "supported by this version; download it first and give the path of the local file"));
}

TEST_CASE("A --set that leads nowhere is a problem", "[spec][overrides]") {
  Job job;
  job.set("", "1")
      .set("input..x", "1")
      .set("seed.x", "1")
      .set("/userFiles/7", "x")
      .set("/selectedCols/x/y", "1");
  CHECK_THAT(
      job.problems(csv_job(R"(, "seed": 1, "userFiles": [], "selectedCols": ["a"])")),
      Equals(
          "--set : expected a key such as numWorkers or input.filePath, or a JSON pointer\n"
          "--set input..x: expected a key such as numWorkers or input.filePath, or a JSON pointer\n"
          "--set seed.x: /seed is the number 1, which has no 'x'\n"
          "--set /userFiles/7: /userFiles is an empty list, which has no '7'\n"
          "--set /selectedCols/x/y: /selectedCols is a list, which has no 'x'"));
}

TEST_CASE("A problem inside a value of --set names the member", "[spec][overrides]") {
  Job job;
  job.set("input", R"({"filePath": "a.csv", "schemaStr": "a int", "header": 1})");
  CHECK(job.problems(csv_job()) ==
        "--set input/header: expected true or false, found the number 1");
}

TEST_CASE("Steps of a JSON pointer may be escaped", "[spec][overrides]") {
  Job job;
  job.set("/userParams/a~1b~0", "1").set("/userParams/c.d", "2");
  CHECK(job.good(csv_job()).user_params_json == R"({"a/b~":"1","c.d":"2"})");
}

TEST_CASE("Variables of the environment are put into every text", "[spec][env]") {
  Job job;
  job.variable("DIR", "/data").variable("EMPTY", "").variable("TRICK", "${env:DIR}");
  job.set("name", "${env:EMPTY}x");
  const JobSpec spec = job.good(csv_job(R"(, "output": {"filePath": "${env:DIR}/${env:EMPTY}o.csv"},
                 "userParams": {"list": ["${env:DIR}"], "t": "${env:TRICK}"}, "env": {"A": "a${env:DIR}b"})"));
  CHECK(spec.output.file_path == "/data/o.csv");
  CHECK(spec.user_params_json == R"({"list":"[\"/data\"]","t":"${env:DIR}"})");
  CHECK(spec.env.at("A") == "a/datab");
  CHECK(spec.name == "x");
}

TEST_CASE("A doubled dollar stands for a dollar before a brace", "[spec][env]") {
  const Job job;
  CHECK(job.good(csv_job(R"(, "where": "$${env:X} ${x} $$ $ $")")).where == "${env:X} ${x} $$ $ $");
}

TEST_CASE("A variable that is not set is a problem of its place", "[spec][env]") {
  const Job job;
  CHECK(job.problems(csv_job(R"(, "userParams": {"a": [1, "${env:NOPE}"]})")) ==
        "iris.json: /userParams/a/1: the environment variable 'NOPE' is not set; set it ($${ "
        "stands for ${)");
}

TEST_CASE("A reference to the environment that is not complete is a problem", "[spec][env]") {
  const Job job;
  const auto* reference = GENERATE("${env:", "${env:}", "${env:A", "${env:A B}", "${env:A=}");
  CHECK_THAT(job.problems(csv_job(std::string(R"(, "where": ")") + reference + "\"")),
             Catch::StartsWith("iris.json: /where: expected ${env:NAME}, found '" +
                               std::string(reference) + "'"));
}

TEST_CASE("A --set may replace a value that needs an unset variable", "[spec][env]") {
  Job job;
  CHECK(job.set("where", "a > 1").problems(csv_job(R"(, "where": "${env:NOPE}")")).empty());
}

}  // namespace
}  // namespace alinktf::spec
