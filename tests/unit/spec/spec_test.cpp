#include "spec/spec.hpp"

#include "spec/component.hpp"
#include "unit/result.hpp"
#include "unit/spec/job.hpp"

#include <catch2/catch.hpp>

#include <chrono>
#include <string>

namespace alinktf::spec {
namespace {

using namespace std::chrono_literals;
using Catch::Contains;
using Catch::Equals;

TEST_CASE("A job file becomes a JobSpec", "[spec]") {
  Job job;
  job.file("job/helpers.zip");
  const JobSpec spec = job.good(R"({
    // the example of the reference
    "name": "iris", "component": "TensorFlow2BatchOp",
    "input": { "format": "csv", "filePath": "iris.csv", "ignoreFirstLine": true,
               "schemaStr": "sepal_length double, species string",
               "fieldDelimiter": ";", "rowDelimiter": "\r\n", "quoteChar": "'", "skipBlankLine": false,
               "onBadRow": "skip" },
    "select": "*, 1. as label", "where": "species <> 'x'", "selectedCols": ["label"],
    "userFiles": ["train.py", "helpers.zip"], "mainScriptFile": "train.py",
    "userParams": { "batch_size": 16 }, "userParamTypes": "native",
    "outputSchemaStr": "model_id long, model_info string",
    "output": { "filePath": "/tmp/model.csv", "overwriteSink": true, "header": true, "quoteChar": null },
    "numWorkers": 2, "numPSs": 1, "evenSplit": "drop", "intraOpParallelism": 8, "pythonEnv": "python3.11",
    "env": {"OMP_NUM_THREADS": "1"}, "seed": 7, "printProcessInfo": true,
    "timeout": "2h", "stallTimeout": "90s", "gracePeriod": "0s", "holdPorts": false
  })");
  CHECK(spec.name == "iris");
  CHECK(spec.component == Component::kTensorFlow2BatchOp);
  CHECK(spec.input.format == Format::kCsv);
  CHECK(spec.input.file_paths.front() == job.in("job/iris.csv"));
  CHECK(spec.input.ignore_first_line);
  CHECK(spec.input.schema == table::Schema{{"sepal_length", table::ColumnType::kDouble},
                                           {"species", table::ColumnType::kString}});
  CHECK(spec.input.csv.field_delimiter == ";");
  CHECK(spec.input.csv.row_delimiter == "\r\n");
  CHECK(spec.input.csv.quote_char == '\'');
  CHECK_FALSE(spec.input.skip_blank_line);
  CHECK(spec.input.bad_rows.action == BadRowSpec::Action::kSkip);
  CHECK(spec.select == "*, 1. as label");
  CHECK(spec.where == "species <> 'x'");
  CHECK(spec.selected_cols == std::vector<std::string>{"label"});
  CHECK(paths(spec) == std::vector{job.in("job/train.py"), job.in("job/helpers.zip")});
  CHECK(spec.main_script_file == job.in("job/train.py"));
  CHECK(spec.user_params_json == R"({"batch_size":16})");
  CHECK(table::to_string(spec.output_schema) ==
        table::to_string(table::parse_schema("model_id long, model_info string").value()));
  CHECK(spec.output.given);
  CHECK(spec.output.file_path == "/tmp/model.csv");
  CHECK(spec.output.overwrite_sink);
  CHECK(spec.output.csv.header);
  CHECK_FALSE(spec.output.csv.quote_char.has_value());
  CHECK(spec.num_workers == 2);
  CHECK(spec.num_pss == 1);
  CHECK(spec.even_split == EvenSplit::kDrop);
  CHECK(spec.intra_op_parallelism == 8);
  CHECK(spec.python_env == "python3.11");
  CHECK(spec.env.at("OMP_NUM_THREADS") == "1");
  CHECK(spec.seed == 7);
  CHECK(spec.print_process_info);
  CHECK(spec.timeout == 2h);
  CHECK(spec.stall_timeout == 90s);
  CHECK(spec.grace_period == 0s);
  CHECK_FALSE(spec.hold_ports);
}

TEST_CASE("What a job file leaves out has the defaults of the reference", "[spec]") {
  const Job job;
  const JobSpec spec = job.good(csv_job());
  CHECK(spec.name == "iris");
  CHECK(spec.input.format == Format::kCsv);
  CHECK(spec.input.csv.field_delimiter == ",");
  CHECK(spec.input.csv.row_delimiter == "\n");
  CHECK(spec.input.csv.quote_char == '"');
  CHECK_FALSE(spec.input.csv.header);
  CHECK(spec.input.skip_blank_line);
  CHECK_FALSE(spec.input.ignore_first_line);
  CHECK(spec.input.bad_rows.action == BadRowSpec::Action::kFail);
  CHECK(spec.select.empty());
  CHECK(spec.where.empty());
  CHECK(spec.selected_cols.empty());
  CHECK(paths(spec) == std::vector{job.in("job/train.py")});
  CHECK(spec.user_params_json == "{}");
  CHECK_FALSE(spec.output.given);
  CHECK(spec.output.file_path == "-");
  CHECK(spec.num_workers == 1);
  CHECK(spec.num_pss == 0);
  CHECK(spec.even_split == EvenSplit::kPad);
  CHECK(spec.intra_op_parallelism == 4);
  CHECK(spec.python_env.empty());
  CHECK(spec.env.empty());
  CHECK(spec.seed == 0);
  CHECK_FALSE(spec.print_process_info);
  CHECK_FALSE(spec.timeout.has_value());
  CHECK(spec.stall_timeout == 10min);
  CHECK(spec.grace_period == 5s);
  CHECK(spec.hold_ports);
}

TEST_CASE("The names of Alink mean the same as ours", "[spec][aliases]") {
  Job job;
  const auto* file_key = GENERATE("userFiles", "userFile", "scriptFiles");
  const auto* schema_key = GENERATE("outputSchemaStr", "schemaStr", "schema", "tableSchema");
  const auto* input_key = GENERATE("schemaStr", "schema", "tableSchema");
  const auto* cols_key = GENERATE("selectedCols", "selectedColNames");
  const JobSpec spec = job.good(
      std::string(R"({"component": "TensorFlowBatchOp", "input": {"filePath": "a.csv", ")") +
      input_key + R"(": "a int, b int"}, ")" + file_key +
      R"(": ["train.py"], "mainScriptFile": "train.py", ")" + schema_key + R"(": "c string", ")" +
      cols_key + R"(": ["b"]})");
  CHECK(spec.input.schema.size() == 2);
  CHECK(spec.user_files.size() == 1);
  CHECK(spec.output_schema.at(0).name == "c");
  CHECK(spec.selected_cols.at(0) == "b");
}

TEST_CASE("Two names of one key are a problem that names both", "[spec][aliases]") {
  const Job job;
  CHECK_THAT(
      job.problems(csv_job(R"(, "schema": "id long")")),
      Equals(
          "iris.json: /schema: 'outputSchemaStr' and 'schema' are names of the same key, expected "
          "one of them"));
  CHECK_THAT(job.problems(random_job(R"(, "numRows": 1, "maxRows": 1, "numCols": 1)")),
             Contains("/input/maxRows: 'numRows' and 'maxRows'"));
}

TEST_CASE("All problems are told at once in the order of the file", "[spec][problems]") {
  const Job job;
  CHECK_THAT(
      job.problems(R"({
    "numWorker": 2,
    "numPSs": -1,
    "input": {"filePath": "a.csv", "schemaStr": "a dubble", "header": "yes"},
    "evenSplit": "padd",
    "timeout": 30,
    "mainScriptFile": "missing.py",
    "output": {"filePath": "b.csv", "overwrite": true}
  })"),
      Equals(
          "iris.json: /component: missing, expected one of TensorFlowBatchOp, TensorFlow2BatchOp, "
          "TensorFlowStreamOp, TensorFlow2StreamOp, TFTableModelTrainBatchOp, "
          "TF2TableModelTrainBatchOp, TFTableModelPredictBatchOp, TFTableModelPredictStreamOp, "
          "TFSavedModelPredictBatchOp, TFSavedModelPredictStreamOp\n"
          "iris.json: /outputSchemaStr: missing, expected a schema string such as \"id long, name "
          "string\"\n"
          "iris.json: /numWorker: unknown key (did you mean 'numWorkers'?)\n"
          "iris.json: /numPSs: expected an integer from 0 to 65535, found the number -1\n"
          "iris.json: /input/schemaStr: " +
          table::parse_schema("a dubble").error().str() +
          "\n"
          "iris.json: /input/header: expected true or false, found 'yes'\n"
          "iris.json: /evenSplit: expected one of pad, drop, off, found 'padd' (did you mean "
          "'pad'?)\n"
          "iris.json: /timeout: expected a duration such as \"30s\" (an integer and ms, s, m or h; "
          "at "
          "least 1ms, at most 87600h), found the number 30\n"
          "iris.json: /mainScriptFile: expected a file, found nothing at '/job/missing.py'\n"
          "iris.json: /output/overwrite: unknown key, expected one of format, filePath, "
          "compression, overwriteSink, numFiles, partitionCols, fieldDelimiter, rowDelimiter, "
          "quoteChar, header"));
}

TEST_CASE("Syntax errors name file and line and column", "[spec][problems]") {
  const Job job;
  CHECK_THAT(job.problems("{\n  \"name\" 1}"),
             Catch::StartsWith("iris.json: line 2, column 10: syntax error"));
}

TEST_CASE("A document that is no object is a problem", "[spec][problems]") {
  const Job job;
  CHECK(job.problems("[1]") == "iris.json: expected an object, found a list");
}

TEST_CASE("A key that stands twice is a problem wherever it is", "[spec][problems]") {
  const Job job;
  CHECK(job.problems(csv_job(R"(, "seed": 1, "seed": 2)")) ==
        "iris.json: /seed: the key 'seed' stands twice, expected once");
  CHECK(job.problems(csv_job(R"(, "userParams": {"a": [{"b": 1, "b": 1}]})")) ==
        "iris.json: /userParams/a/0/b: the key 'b' stands twice, expected once");
}

TEST_CASE("A key in the wrong object is told where it belongs", "[spec][problems]") {
  const Job job;
  CHECK_THAT(job.problems(csv_job(R"(, "ignoreFirstLine": true)")),
             Equals("iris.json: /ignoreFirstLine: unknown key here, expected in /input"));
  CHECK_THAT(job.problems(csv_job("", R"(, "numWorkers": 2)")),
             Equals("iris.json: /input/numWorkers: unknown key here, expected in the top level"));
}

TEST_CASE("What other versions have is refused in clear words", "[spec][problems]") {
  const Job job;
  struct Case {
    std::string text;
    std::string expected;
  };
  const auto [text, expected] =
      GENERATE(Case{csv_job(R"(, "maxRestarts": -1)"),
                    "/maxRestarts: expected an integer of at least 0, found the number -1"},
               Case{csv_job(R"(, "env": {"ALINKTF_ATTEMPT": "3"})"),
                    "/env/ALINKTF_ATTEMPT: ALINKTF_ATTEMPT is made for every task and cannot be "
                    "given"},
               Case{csv_job(R"(, "modelPath": "m")"),
                    "/modelPath: not a key of TensorFlow2BatchOp, remove it"},
               Case{csv_job("", R"(, "timeZones": 8)"),
                    "/input/timeZones: 'timeZones' is not supported by this version; remove it"},
               Case{csv_job(R"(, "rescan": "error")"),
                    "/rescan: not a key of TensorFlow2BatchOp, remove it"});
  CHECK(job.problems(text) == "iris.json: " + expected);
}

TEST_CASE("A prediction has no restarts", "[spec][problems]") {
  const Job job;
  const std::string text =
      R"({"component": "TFSavedModelPredictBatchOp", "modelPath": "m", "outputSchemaStr": "y float",
          "input": {"filePath": "iris.csv", "schemaStr": "a double"}, "maxRestarts": 1})";
  CHECK_THAT(job.problems(text),
             Contains("/maxRestarts: expected 0, because") && Contains("found 1"));
}

TEST_CASE("A later key with the value that changes nothing is no problem", "[spec]") {
  const Job job;
  CHECK(job.problems(csv_job(R"(, "maxRestarts": 0, "numEvaluators": 0)")).empty());
}

/// A stream job over a CSV file; `more` goes behind its members.
std::string stream_job(const std::string& more = "") {
  return R"({"component": "TensorFlow2StreamOp",
             "input": {"filePath": "iris.csv", "schemaStr": "a double"},
             "mainScriptFile": "train.py", "outputSchemaStr": "a double")" +
         more + "}";
}

TEST_CASE("A stream component has keys and defaults of its own", "[spec][stream]") {
  const Job job;
  const JobSpec plain = take(job.parse(stream_job(R"(, "userParams": {"n": 1, "on": true})")));
  CHECK(plain.component == Component::kTensorFlow2StreamOp);
  CHECK(plain.even_split == EvenSplit::kOff);
  CHECK(plain.user_params_json == R"({"n":1,"on":true})");
  CHECK_FALSE(plain.data_to_chief);
  CHECK(plain.rescan == Rescan::kEmpty);
  CHECK(plain.hold_chief == HoldChief::kAuto);
  CHECK(plain.spill_limit == std::uint64_t{8} << 30U);
  const JobSpec full = take(job.parse(stream_job(
      R"(, "evenSplit": "pad", "dataTo": "chief", "rescan": "error", "holdChief": "on",
          "spillLimit": "512MiB")")));
  CHECK(full.even_split == EvenSplit::kPad);
  CHECK(full.data_to_chief);
  CHECK(full.rescan == Rescan::kError);
  CHECK(full.hold_chief == HoldChief::kOn);
  CHECK(full.spill_limit == std::uint64_t{512} << 20U);
}

TEST_CASE("What a stream component cannot do is a problem", "[spec][stream]") {
  const Job job;
  struct Case {
    std::string member;
    std::string found;
  };
  const auto [member, found] = GENERATE(
      Case{R"(, "broadcastInputs": [{"filePath": "iris.csv", "schemaStr": "a int"}])",
           "/broadcastInputs: not a key of TensorFlow2StreamOp, remove it"},
      Case{R"(, "output": {"filePath": "x.csv", "numFiles": 2})",
           "/output/numFiles: TensorFlow2StreamOp writes one file that grows, remove it"},
      Case{R"(, "spillLimit": "8 GB")",
           "/spillLimit: expected a size such as \"512MiB\" (an integer and B, KiB, MiB, GiB or "
           "TiB), found '8 GB'"});
  CHECK(job.problems(stream_job(member)) == "iris.json: " + found);
}

TEST_CASE("Values out of range or of the wrong kind are problems", "[spec][problems]") {
  const Job job;
  struct Case {
    std::string member;
    std::string found;
  };
  const auto [member, found] = GENERATE(
      Case{R"("numWorkers": 0)", "expected an integer from 1 to 65535, found the number 0"},
      Case{R"("numWorkers": 1.0)", "found the number 1.0"},
      Case{R"("numWorkers": "2")", "found '2'"},
      Case{R"("numWorkers": null)", "found null"},
      Case{R"("numPSs": 70000)", "found the number 70000"},
      Case{R"("intraOpParallelism": 0)", "expected an integer of at least 1, found the number 0"},
      Case{R"("seed": 123456789012345678901)", "expected an integer of at least 0"},
      Case{R"("printProcessInfo": 1)", "expected true or false, found the number 1"},
      Case{R"("holdPorts": "true")", "expected true or false, found 'true'"},
      Case{R"("stallTimeout": "10")", "expected a duration"},
      Case{R"("stallTimeout": "1d")", "expected a duration"},
      Case{R"("stallTimeout": "-1s")", "expected a duration"},
      Case{R"("stallTimeout": "0s")", "at least 1ms"},
      Case{R"("stallTimeout": "87601h")", "at most 87600h"},
      Case{R"("stallTimeout": "99999999999999999999s")", "expected a duration"},
      Case{R"("name": "")", "expected a string that is not empty"},
      Case{R"("name": "a\u0000b")", R"(expected text without NUL, found 'a\x00b')"},
      Case{R"("name": "a/b")", "expected a name that a directory may have"},
      Case{R"("env": {"A": 1})", "/env/A: expected a string, found the number 1"},
      Case{R"("env": {"A=B": "1"})", "expected a variable's name without '='"},
      Case{R"("env": {"TF_CONFIG": "{}"})", "TF_CONFIG is made for every task"},
      Case{R"("env": [])", "expected an object of strings, found an empty list"},
      Case{R"("selectedCols": "a")",
           "expected a list of one or more different column names, found 'a'"},
      Case{R"("selectedCols": [])", "found an empty list"},
      Case{R"("selectedCols": [1])", "/selectedCols/0: expected a column name, found the number 1"},
      Case{R"("selectedCols": ["a", "A"])",
           "/selectedCols/1: expected different column names, found 'A' twice"},
      Case{R"("selectedCols": ["bb"])",
           "expected a column of the input, found 'bb' (did you mean 'b'?)"},
      Case{R"("userFiles": [1])",
           "/userFiles/0: expected a path, or an object of path and name, found"},
      Case{R"("userParamTypes": "json")", "expected one of alink, native, found 'json'"},
      Case{R"("output": "x.csv")", "expected an object, found 'x.csv'"},
      Case{R"("output": {})", "/output/filePath: missing, expected a file's path"},
      Case{R"("output": {"filePath": "x.txt"})",
           "expected a name that ends in .csv, .tfrecord, .tfrecords, .jsonl, .ndjson (.gz may "
           "follow) or .ak, or 'format' beside it"});
  CAPTURE(member);
  CHECK_THAT(job.problems(csv_job(", " + member)), Contains(found));
}

TEST_CASE("A train component's output is a model table, which no key says", "[spec]") {
  const Job job;
  const std::string text =
      R"({"component": "TF2TableModelTrainBatchOp", "input": {"filePath": "a.ak"},
          "mainScriptFile": "train.py", "output": {"format": "savedmodel", "filePath": "m"})";
  const JobSpec spec = job.good(text + "}");
  CHECK(table::to_string(spec.output_schema) == "model_id BIGINT,model_info STRING");
  CHECK(spec.input.format == Format::kAk);
  CHECK(spec.output.format == Format::kSavedModel);
  CHECK(job.problems(text + R"(, "outputSchemaStr": "a int"})") ==
        "iris.json: /outputSchemaStr: not a key of TF2TableModelTrainBatchOp, remove it");
}

TEST_CASE("An integer and a unit make a duration", "[spec]") {
  const Job job;
  CHECK(job.good(csv_job(R"(, "timeout": "1500ms")")).timeout == 1500ms);
  CHECK(job.good(csv_job(R"(, "timeout": "7s")")).timeout == 7s);
  CHECK(job.good(csv_job(R"(, "timeout": "3m")")).timeout == 3min);
  CHECK(job.good(csv_job(R"(, "timeout": "87600h")")).timeout == 87600h);
}

TEST_CASE("Null stands for nothing where nothing is the default", "[spec]") {
  const Job job;
  const JobSpec spec = job.good(
      csv_job(R"(, "timeout": null, "selectedCols": null, "select": null, "pythonEnv": null)"));
  CHECK_FALSE(spec.timeout.has_value());
  CHECK(spec.selected_cols.empty());
}

TEST_CASE("A select of blanks is no select", "[spec]") {
  const Job job;
  CHECK(job.good(csv_job(R"(, "select": "  ", "where": "\n")")).select.empty());
}

TEST_CASE("With a select its result decides which columns there are", "[spec]") {
  const Job job;
  CHECK(job.problems(csv_job(R"(, "select": "a as z", "selectedCols": ["z"])")).empty());
}

TEST_CASE("The job is named after its file unless it has a name", "[spec]") {
  Job job;
  CHECK(job.named("/some/where/wine.v2.json").good(csv_job()).name == "wine.v2");
  CHECK(job.named("-").good(csv_job()).name == "job");
}

TEST_CASE("Editors may point to the schema", "[spec]") {
  const Job job;
  CHECK(job.problems(csv_job(R"(, "$schema": "job.schema.json")")).empty());
}

TEST_CASE("Components have the names of Alink", "[spec]") {
  CHECK(component_name(Component::kTensorFlowBatchOp) == "TensorFlowBatchOp");
  CHECK(component_name(Component::kTensorFlow2BatchOp) == "TensorFlow2BatchOp");
}

}  // namespace
}  // namespace alinktf::spec
