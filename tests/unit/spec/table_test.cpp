// Tables that the command line alone describes.
#include "spec/spec.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

namespace alinktf::spec {
namespace {

using Catch::Contains;

Result<JobSpec> table(const std::vector<Setting>& settings) {
  return parse_table({.file = "",
                      .directory = "/cwd",
                      .working_directory = "/cwd",
                      .environment = {},
                      .overrides = settings});
}

std::string problems(const std::vector<Setting>& settings) {
  const auto parsed = table(settings);
  return parsed.ok() ? "" : parsed.error().str();
}

TEST_CASE("The command line describes a table without a job file", "[spec][table]") {
  const auto parsed = table({{"input.filePath", "in.csv.gz"},
                             {"output.filePath", "out.tfrecord"},
                             {"select", "a, b"},
                             {"seed", "7"},
                             {"input.schemaStr", "a int, b string"}});
  REQUIRE(parsed.ok());
  const JobSpec& spec = parsed.value();
  CHECK(spec.input.file_paths == std::vector<std::string>{"/cwd/in.csv.gz"});
  CHECK(spec.input.format == Format::kCsv);
  CHECK(spec.input.schema.size() == 2);
  CHECK(spec.output.file_path == "/cwd/out.tfrecord");
  CHECK(spec.output.format == Format::kTfrecord);
  CHECK(spec.select == "a, b");
  CHECK(spec.seed == 7);
}

TEST_CASE("Tables of the command line need no schema", "[spec][table]") {
  const auto* path = GENERATE("a.csv", "a.jsonl", "a.tfrecord");
  CHECK(problems({{"input.filePath", path}, {"select", "a"}}).empty());
}

TEST_CASE("Environment variables on the command line are the shell's matter", "[spec][table]") {
  const auto parsed = table({{"input.filePath", "${env:HOME}.csv"}});
  REQUIRE(parsed.ok());
  CHECK(parsed.value().input.file_paths.at(0) == "/cwd/${env:HOME}.csv");
}

TEST_CASE("Problems name the option that stands for a key", "[spec][table]") {
  CHECK(problems({{"input.filePath", "a.csv"}, {"input.schemaStr", "a dubble", "--schema"}})
            .starts_with("--schema: column 'a': found type 'dubble'"));
  CHECK_THAT(problems({{"input.filePath", "a.txt", "IN"}}),
             Contains("IN: expected a name that ends in .csv") && Contains("or --from, found"));
  CHECK_THAT(problems({{"input.filePath", "a.csv", "IN"}, {"output.filePath", "b", "OUT"}}),
             Contains("OUT: expected a name that ends in .csv") && Contains("or --to, found"));
  CHECK_THAT(problems({{"input.filePath", "a.csv"}, {"input.heder", "true"}}),
             Contains("--set input.heder: unknown key (did you mean 'header'?)"));
}

TEST_CASE("Keys that run a script are not those of a table", "[spec][table]") {
  CHECK_THAT(problems({{"input.filePath", "a.csv"}, {"numWorkers", "2"}}),
             Contains("--set numWorkers: unknown key, expected one of input, select, where, "
                      "selectedCols, selectedColNames, output, seed"));
}

}  // namespace
}  // namespace alinktf::spec
