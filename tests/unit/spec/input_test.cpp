// The rules between the keys of input and output.
#include "unit/spec/job.hpp"

#include <catch2/catch.hpp>

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
        "iris.json: /input/filePath: missing, expected a file's path\n"
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

TEST_CASE("The format follows from the ending unless it is given", "[spec][input]") {
  const Job job;
  const auto with = [](const std::string& path, const std::string& more = "") {
    return R"({"component": "TensorFlowBatchOp", "input": {"schemaStr": "a int", "filePath": ")" +
           path + "\"" + more + R"(}, "mainScriptFile": "train.py", "outputSchemaStr": "id long"})";
  };
  CHECK(job.problems(with("A.CSV")).empty());
  CHECK(job.problems(with("-")).empty());
  CHECK(job.problems(with("data.txt", R"(, "format": "csv")")).empty());
  CHECK_THAT(job.problems(with("data.txt")),
             Equals("iris.json: /input/filePath: expected a name that ends in .csv, or 'format' "
                    "beside it, found "
                    "'data.txt'"));
  CHECK_THAT(job.problems(with("a.jsonl")),
             Contains("the format of 'a.jsonl' is not supported by this version"));
  CHECK_THAT(job.problems(with("a.csv.gz")), Contains("is not supported by this version"));
  CHECK_THAT(job.problems(with("a.csv.gz", R"(, "format": "csv")")),
             Contains("compressed files are not supported"));
}

TEST_CASE("A list of input files is refused in clear words", "[spec][input]") {
  const Job job;
  CHECK_THAT(job.problems(R"({"component": "TensorFlowBatchOp", "mainScriptFile": "train.py",
                              "outputSchemaStr": "id long",
                              "input": {"filePath": ["a.csv"], "schemaStr": "a int"}})"),
             Equals("iris.json: /input/filePath: expected a file's path, found a list; "
                    "directories, patterns and "
                    "lists of files are not supported by this version"));
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

TEST_CASE("Delimiters of the output are checked too", "[spec][output]") {
  const Job job;
  CHECK_THAT(
      job.problems(csv_job(R"(, "output": {"filePath": "o.csv", "fieldDelimiter": "\n"})")),
      Contains("/output/fieldDelimiter: expected delimiters that do not contain each other"));
}

TEST_CASE("The first line is either checked or skipped", "[spec][input]") {
  const Job job;
  CHECK_THAT(job.problems(csv_job("", R"(, "header": true, "ignoreFirstLine": true)")),
             Contains("/input/header: expected one of 'header' and 'ignoreFirstLine', found both"));
  CHECK(job.problems(csv_job("", R"(, "header": true, "ignoreFirstLine": false)")).empty());
}

TEST_CASE("The two keys for bad rows must agree", "[spec][input]") {
  const Job job;
  CHECK(job.good(csv_job("", R"(, "lenient": true)")).input.bad_rows.action ==
        BadRowSpec::Action::kSkip);
  CHECK(job.good(csv_job("", R"(, "onBadRow": "skip")")).input.bad_rows.action ==
        BadRowSpec::Action::kSkip);
  CHECK(job.good(csv_job("", R"(, "onBadRow": "fail")")).input.bad_rows.action ==
        BadRowSpec::Action::kFail);
  CHECK(job.good(csv_job("", R"(, "onBadRow": "skip", "lenient": true)")).input.bad_rows.action ==
        BadRowSpec::Action::kSkip);
  CHECK_THAT(job.problems(csv_job("", R"(, "onBadRow": "fail", "lenient": true)")),
             Contains("/input/onBadRow: expected one of 'onBadRow' and 'lenient', found both, and "
                      "they differ"));
}

}  // namespace
}  // namespace alinktf::spec
