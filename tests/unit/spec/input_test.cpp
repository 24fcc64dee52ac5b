// The rules between the keys of input and output.
#include "unit/spec/job.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include <string>

namespace alinktf::spec {
namespace {

using Catch::Contains;
using Catch::Equals;

TEST_CASE("A generated table is described by rows and columns", "[spec][input]") {
  const Job job;
  const InputSpec in =
      job.good(random_job(R"(, "numRows": 100, "numCols": 10, "idCol": "num")")).input;
  CHECK(in.format == Format::kRandom);
  CHECK(in.num_rows == 100);
  CHECK(in.num_cols == 10);
  CHECK(in.id_col == "num");
  CHECK(in.output_cols.empty());
}

TEST_CASE("Names of generated columns decide how many there are", "[spec][input]") {
  const Job job;
  const InputSpec in =
      job.good(random_job(R"(, "maxRows": 1, "outputColNames": [" x ", "y"], "idColName": null)"))
          .input;
  CHECK(in.num_cols == 2);
  CHECK(in.output_cols == std::vector<std::string>{"x", "y"});
  CHECK_FALSE(in.id_col.has_value());
}

TEST_CASE("A generated table needs rows and columns", "[spec][input]") {
  const Job job;
  CHECK_THAT(job.problems(random_job("")),
             Equals("iris.json: /input/numRows: missing, expected an integer of at least 0\n"
                    "iris.json: /input/numCols: missing, expected an integer of at least 1, or "
                    "'outputCols'"));
  CHECK_THAT(
      job.problems(random_job(R"(, "numRows": -1, "numCols": 0)")),
      Equals(
          "iris.json: /input/numRows: expected an integer of at least 0, found the number -1\n"
          "iris.json: /input/numCols: expected an integer from 1 to 1000000, found the number 0"));
}

TEST_CASE("The id column of a generated table has a name of its own", "[spec][input]") {
  const Job job;
  CHECK_THAT(job.problems(random_job(R"(, "numRows": 1, "outputCols": ["a", "b"], "idCol": "A")")),
             Equals("iris.json: /input/outputCols: expected different column names, found the "
                    "idCol 'A' again"));
  CHECK_THAT(job.problems(random_job(R"(, "numRows": 1, "numCols": 3, "idCol": "col1")")),
             Equals("iris.json: /input/idCol: expected another name than the generated columns, "
                    "found 'col1'"));
}

TEST_CASE("Selected columns of a generated table are checked", "[spec][input]") {
  const Job job;
  const std::string table = R"(, "numRows": 1, "numCols": 2, "idCol": "id")";
  CHECK(job.problems(random_job(table, R"(, "selectedCols": ["id", "COL1"])")).empty());
  CHECK_THAT(job.problems(random_job(table, R"(, "selectedCols": ["col2"])")),
             Contains("/selectedCols/0: expected a column of the input, found 'col2'"));
}

TEST_CASE("A CSV file needs a path and a schema", "[spec][input]") {
  const Job job;
  const auto with = [](const std::string& input) {
    return R"({"component": "TensorFlowBatchOp", "input": )" + input +
           R"(, "mainScriptFile": "train.py", "outputSchemaStr": "id long"})";
  };
  CHECK(job.problems(with(R"({"format": "csv"})")) ==
        "iris.json: /input/filePath: missing, expected a file's path, or a list of paths\n"
        "iris.json: /input/schemaStr: missing, expected a schema string such as \"id long, name "
        "string\"");
  CHECK_THAT(job.problems(with("{}")),
             Contains("/input/filePath: missing, expected a file's path; or give"));
  CHECK_THAT(job.problems(with("[]")), Contains("/input: expected an object, found an empty list"));
}

TEST_CASE("Keys of another format are problems", "[spec][input]") {
  const Job job;
  CHECK_THAT(
      job.problems(csv_job("", R"(, "maxRows": 10)")),
      Equals(
          "iris.json: /input/maxRows: 'maxRows' belongs to format random, but the format is csv"));
  CHECK_THAT(
      job.problems(random_job(R"(, "numRows": 1, "numCols": 1, "header": true)")),
      Equals("iris.json: /input/header: 'header' belongs to format csv, but the format is random"));
}

TEST_CASE("Delimiters and quote characters are texts that do not meet", "[spec][input]") {
  const Job job;
  struct Case {
    std::string members;
    std::string expected;
  };
  const auto [members, expected] =
      GENERATE(Case{R"("fieldDelimiter": "")",
                    "/input/fieldDelimiter: expected a string that is not empty, found ''"},
               Case{R"("rowDelimiter": null)",
                    "/input/rowDelimiter: expected a string that is not empty, found null"},
               Case{R"("quoteChar": "''")", "/input/quoteChar: expected one ASCII character"},
               Case{R"("quoteChar": "ä")", "/input/quoteChar: expected one ASCII character"},
               Case{R"("quoteChar": 1)", "/input/quoteChar: expected one ASCII character"},
               Case{R"("fieldDelimiter": "\n")",
                    "/input/fieldDelimiter: expected delimiters that do not contain each other"},
               Case{R"("rowDelimiter": "\n\n")",
                    "/input/rowDelimiter: expected a row delimiter whose end is not its beginning"},
               Case{R"("rowDelimiter": ",")",
                    "/input/rowDelimiter: expected delimiters that do not contain each other"},
               Case{R"("fieldDelimiter": "\"")",
                    "/input/fieldDelimiter: expected a delimiter without the quote character"},
               Case{R"("quoteChar": ",")",
                    "/input/quoteChar: expected a delimiter without the quote character"});
  CAPTURE(members);
  CHECK_THAT(job.problems(csv_job("", ", " + members)),
             Catch::StartsWith("iris.json: " + expected));
}

TEST_CASE("No quote character is written as null or as an empty text", "[spec][input]") {
  const Job job;
  const auto* none = GENERATE("null", "\"\"");
  CHECK_FALSE(job.good(csv_job("", std::string(R"(, "quoteChar": )") + none))
                  .input.csv.quote_char.has_value());
}

TEST_CASE("Delimiters that look like escapes are taken as they are", "[spec][input]") {
  const Job job;
  const CsvSpec csv =
      job.good(csv_job("", R"(, "fieldDelimiter": "\\t", "rowDelimiter": "\\n")")).input.csv;
  CHECK(csv.field_delimiter == "\\t");
  CHECK(csv.row_delimiter == "\\n");
}

TEST_CASE("The first line is either checked or skipped", "[spec][input]") {
  const Job job;
  CHECK_THAT(job.problems(csv_job("", R"(, "header": true, "ignoreFirstLine": true)")),
             Contains("/input/header: expected one of 'header' and 'ignoreFirstLine', found both"));
  CHECK(job.problems(csv_job("", R"(, "header": true, "ignoreFirstLine": false)")).empty());
}

TEST_CASE("A vector or tensor that does not parse is an error or null", "[spec][input]") {
  const Job job;
  const auto* word = GENERATE("SKIP", "skip", "Skip");
  const auto* key = GENERATE("handleInvalidMethod", "handleInvalid");
  CHECK(job.good(csv_job("", fmt::format(R"(, "{}": "{}")", key, word))).input.null_for_invalid);
  CHECK_FALSE(job.good(csv_job("", R"(, "handleInvalid": "error")")).input.null_for_invalid);
  CHECK_THAT(job.problems(csv_job("", R"(, "handleInvalid": "drop")")),
             Equals("iris.json: /input/handleInvalid: expected one of ERROR, SKIP, found 'drop'"));
}

TEST_CASE("Threads that parse are counted from one", "[spec][input]") {
  const Job job;
  CHECK(job.good(csv_job("", R"(, "threads": 4)")).input.threads == 4);
  CHECK(job.good(csv_job("", R"(, "threads": null)")).input.threads == 0);
  CHECK_THAT(job.problems(csv_job("", R"(, "threads": 0)")),
             Contains("/input/threads: expected an integer from 1 to 1024, found the number 0"));
}

TEST_CASE("Distributions of generated columns are a text or an object", "[spec][input]") {
  const Job job;
  const std::string table = R"(, "numRows": 1, "numCols": 2, "outputColConfs": )";
  CHECK(job.good(random_job(table + R"x("col0:gauss(0,1)")x")).input.output_col_confs ==
        "col0:gauss(0,1)");
  CHECK(job.good(random_job(table + R"x({"col0": "gauss(0,1)", "col1": "poisson(2)"})x"))
            .input.output_col_confs == "col0:gauss(0,1);col1:poisson(2)");
  CHECK(job.good(random_job(table + "null")).input.output_col_confs.empty());
  CHECK_THAT(job.problems(random_job(table + R"x({"a;b": "gauss(0,1)", "c": 1})x")),
             Equals("iris.json: /input/outputColConfs/a;b: expected a name without : and ;, found "
                    "'a;b'\n"
                    "iris.json: /input/outputColConfs/c: expected a distribution such as "
                    "\"uniform(0,1)\", found the number 1"));
  CHECK_THAT(job.problems(random_job(table + "[]")),
             Contains("/input/outputColConfs: expected a string such as"));
}

}  // namespace
}  // namespace alinktf::spec
