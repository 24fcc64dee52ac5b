// More inputs, whole for every task.
#include "unit/spec/job.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include <string>

namespace alinktf::spec {
namespace {

using Catch::Contains;
using Catch::Equals;

TEST_CASE("Broadcast inputs are read like the input", "[spec][broadcast]") {
  const Job job;
  const auto inputs = job.good(csv_job(R"(, "broadcastInputs": [
      {"filePath": "a.csv", "schema": "x int", "header": true, "lenient": true},
      {"filePath": ["b.tfrecord", "c.tfrecord"], "schemaStr": "y float"},
      {"format": "random", "numRows": 3, "numCols": 2, "idCol": "id"}])"))
                          .broadcast_inputs;
  REQUIRE(inputs.size() == 3);
  CHECK(inputs[0].format == Format::kCsv);
  CHECK(inputs[0].file_paths == std::vector{job.in("job/a.csv")});
  CHECK(inputs[0].csv.header);
  CHECK(inputs[0].bad_rows.action == BadRowSpec::Action::kSkip);
  CHECK(inputs[1].format == Format::kTfrecord);
  CHECK(inputs[1].file_paths.size() == 2);
  CHECK_FALSE(inputs[1].csv.header);
  CHECK(inputs[2].num_rows == 3);
  CHECK(inputs[2].id_col == "id");
  CHECK(job.good(csv_job(R"(, "broadcastInputs": [])")).broadcast_inputs.empty());
}

TEST_CASE("What is wrong with broadcast inputs is told with its place", "[spec][broadcast]") {
  struct Case {
    std::string inputs;
    std::string expected;
  };
  const auto [inputs, expected] = GENERATE(
      Case{R"({"filePath": "a.csv"})",
           "/broadcastInputs: expected a list of objects, found an obj"},
      Case{R"(["a.csv"])", "/broadcastInputs/0: expected an object, found 'a.csv'"},
      Case{"[{}]", "/broadcastInputs/0/filePath: missing, expected a file's path; or give"},
      Case{R"([{"filePath": "a.csv", "schemaStr": "a int"}, {"filePath": "a.jsonl"}])",
           "/broadcastInputs/1/schemaStr: missing, expected a schema string"},
      Case{R"([{"filePath": "a.tfrecord"}])",
           "/broadcastInputs/0/schemaStr: missing, expected the columns of the records"},
      Case{R"([{"filePath": "-", "schemaStr": "a int"}])",
           "/broadcastInputs/0/filePath: expected a file's path, found '-': standard input can be "
           "read by 'input' alone"},
      Case{R"([{"format": "random", "numRows": 1, "numCols": 1, "header": true}])",
           "/broadcastInputs/0/header: 'header' belongs to format csv"},
      Case{R"([{"filePath": "a.csv", "schemaStr": "a int", "schema": "a int"}])",
           "/broadcastInputs/0/schema: 'schemaStr' and 'schema' are names of the same key"},
      Case{R"([{"filePath": "a.csv", "schemaStr": "a int", "fieldDelimiter": "\n"}])",
           "/broadcastInputs/0/fieldDelimiter: expected delimiters that do not contain each other"},
      Case{R"([{"filePath": "a.txt", "schemaStr": "a int"}])",
           "/broadcastInputs/0/filePath: expected a name that ends in .csv"});
  CAPTURE(inputs);
  const Job job;
  CHECK_THAT(job.problems(csv_job(R"(, "broadcastInputs": )" + inputs)),
             Contains("iris.json: " + expected));
}

TEST_CASE("The command line replaces a key of a broadcast input by any of its names",
          "[spec][broadcast]") {
  Job job;
  job.set("/broadcastInputs/0/tableSchema", "y long, z long")
      .set("broadcastInputs.0.filePath", "b.csv");
  const auto inputs =
      job.good(csv_job(R"(, "broadcastInputs": [{"filePath": "a.csv", "schemaStr": "x int"}])"))
          .broadcast_inputs;
  CHECK(inputs.at(0).schema.size() == 2);
  CHECK(inputs.at(0).file_paths == std::vector{job.in("cwd/b.csv")});
}

}  // namespace
}  // namespace alinktf::spec
