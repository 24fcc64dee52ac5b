// Which files an input reads, and as what.
#include "unit/spec/job.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include <string>

namespace alinktf::spec {
namespace {

using Catch::Contains;
using Catch::Equals;

/// A job that reads `path` (JSON) with `more` members of input.
std::string reading(const std::string& path,
                    const std::string& more = R"(, "schemaStr": "a int")") {
  return R"({"component": "TensorFlowBatchOp", "input": {"filePath": )" + path + more +
         R"(}, "mainScriptFile": "train.py", "outputSchemaStr": "id long"})";
}

TEST_CASE("The format follows from the ending", "[spec][files]") {
  struct Case {
    std::string path;
    Format format;
  };
  const auto [path, format] = GENERATE(Case{"A.CSV", Format::kCsv},
                                       Case{"-", Format::kCsv},
                                       Case{"a.csv.gz", Format::kCsv},
                                       Case{"a.tfrecord", Format::kTfrecord},
                                       Case{"part-*.TFRecords", Format::kTfrecord},
                                       Case{"a.tfrecords.GZ", Format::kTfrecord},
                                       Case{"a.jsonl", Format::kJsonl},
                                       Case{"a.ndjson.gz", Format::kJsonl},
                                       Case{"model.AK", Format::kAk},
                                       Case{"folder.csv/", Format::kCsv});
  CAPTURE(path);
  const Job job;
  CHECK(job.good(reading('"' + path + '"')).input.format == format);
}

TEST_CASE("An ending that says nothing asks for the format", "[spec][files]") {
  const Job job;
  const auto* path = GENERATE("data.txt", "folder/", "csv", ".csv", "a.gz");
  CAPTURE(path);
  const std::string json = fmt::format("\"{}\"", path);
  CHECK_THAT(job.problems(reading(json)),
             Contains("/input/filePath: expected a name that ends in .csv, .tfrecord, .tfrecords, "
                      ".jsonl, .ndjson (.gz may follow) or .ak, or 'format' beside it, found "));
  CHECK(job.problems(reading(json, R"(, "format": "csv", "schemaStr": "a int")")).empty());
}

TEST_CASE("Files with tabs get a hint", "[spec][files]") {
  const Job job;
  CHECK_THAT(job.problems(reading(R"("a.tsv")")),
             Contains(R"(found 'a.tsv'; it may be csv with the fieldDelimiter "\t")"));
}

TEST_CASE("A format that is given wins over the ending", "[spec][files]") {
  const Job job;
  const auto input =
      job.good(reading(R"("a.csv")", R"(, "format": "jsonl", "schemaStr": "a int")")).input;
  CHECK(input.format == Format::kJsonl);
}

TEST_CASE("Several files are a list of absolute paths", "[spec][files]") {
  const Job job;
  const auto input = job.good(reading(R"(["a.csv", "file:///x/[ab]?.csv.gz", "dir"])")).input;
  CHECK(input.format == Format::kCsv);
  CHECK(input.file_paths ==
        std::vector<std::string>{job.in("job/a.csv"), "/x/[ab]?.csv.gz", job.in("job/dir")});
}

TEST_CASE("A list of files is checked path by path", "[spec][files]") {
  struct Case {
    std::string paths;
    std::string expected;
  };
  const auto [paths, expected] = GENERATE(
      Case{"[]",
           "/input/filePath: expected a file's path, or a list of paths, found an empty list"},
      Case{"{}", "/input/filePath: expected a file's path, or a list of paths, found an object"},
      Case{R"(["a.csv", 1])", "/input/filePath/1: expected a file's path, found the number 1"},
      Case{R"(["a.csv", ""])", "/input/filePath/1: expected a file's path, found ''"},
      Case{R"(["a.csv", "-"])",
           "/input/filePath/1: expected a file's path, found '-' among others"},
      Case{R"(["hdfs://a/b.csv"])", "/input/filePath/0: expected a local path"},
      Case{R"("https://a/b.csv")", "/input/filePath: expected a local path"},
      Case{R"(["a.csv", "b.jsonl.gz"])",
           "/input/filePath/1: expected files of one format, found 'b.jsonl.gz' (jsonl) beside "
           "'a.csv' (csv)"});
  CAPTURE(paths);
  const Job job;
  CHECK_THAT(job.problems(reading(paths)), Contains("iris.json: " + expected));
}

TEST_CASE("Paths of the command line start at the working directory", "[spec][files]") {
  Job job;
  job.set("input.filePath", R"(["a.csv"])");
  CHECK(job.good(reading(R"("b.csv")")).input.file_paths ==
        std::vector<std::string>{job.in("cwd/a.csv")});
}

TEST_CASE("Compression is told or looked for", "[spec][files]") {
  struct Case {
    std::string word;
    Compression compression;
  };
  const auto [word, compression] = GENERATE(Case{"auto", Compression::kAuto},
                                            Case{"none", Compression::kNone},
                                            Case{"gzip", Compression::kGzip},
                                            Case{"zlib", Compression::kZlib});
  const Job job;
  const auto with = [&](const std::string& text) {
    return csv_job("", fmt::format(R"(, "compression": "{}")", text));
  };
  CHECK(job.good(with(word)).input.compression == compression);
  CHECK_THAT(job.problems(with("gz")),
             Contains("/input/compression: expected one of auto, none, gzip, zlib, found 'gz'"));
}

TEST_CASE("Partitions choose among directories", "[spec][files]") {
  const Job job;
  const std::string partitions = R"(, "schemaStr": "a int", "partitions": "dt=1/hour=*")";
  CHECK(job.good(reading(R"("d.csv")", partitions)).input.partitions == "dt=1/hour=*");
  CHECK_THAT(job.problems(reading("\"-\"", partitions)),
             Equals("iris.json: /input/partitions: 'partitions' chooses among directories, but "
                    "filePath is '-'"));
}

TEST_CASE("TFRecord files may go without a schema", "[spec][files]") {
  const Job job;
  CHECK(job.good(reading(R"("a.tfrecord")", "")).input.schema.empty());
  CHECK(job.good(reading(R"("a.tfrecord")")).input.schema.size() == 1);
  CHECK_THAT(job.problems(reading(R"("a.jsonl")", "")),
             Contains("/input/schemaStr: missing, expected a schema string"));
}

TEST_CASE("Keys that need the columns of TFRecord files ask for a schema", "[spec][files]") {
  const auto* key =
      GENERATE("select", "where", "selectedCols", "lenient", "onBadRow", "schemaless");
  const Job job;
  const std::string text(key);
  const std::string inside = text == "lenient"    ? R"(, "lenient": true)"
                             : text == "onBadRow" ? R"(, "onBadRow": "skip")"
                                                  : "";
  const std::string outside = text == "select"         ? R"(, "select": "a")"
                              : text == "where"        ? R"(, "where": "a > 1")"
                              : text == "selectedCols" ? R"(, "selectedCols": ["a"])"
                                                       : "";
  const std::string found = job.problems(
      R"({"component": "TensorFlowBatchOp", "input": {"filePath": "a.tfrecord")" + inside + "}" +
      outside + R"(, "mainScriptFile": "train.py", "outputSchemaStr": "id long"})");
  if (text == "schemaless") {
    CHECK(found.empty());
  } else {
    CHECK_THAT(found,
               Contains("/input/schemaStr: missing, expected the columns of the records") &&
                   Contains(fmt::format("and '{}' needs their columns", key)));
  }
}

TEST_CASE("Keys of CSV are refused with other formats", "[spec][files]") {
  const auto* key = GENERATE(R"("fieldDelimiter": ";")",
                             R"("rowDelimiter": ";")",
                             R"("quoteChar": null)",
                             R"("header": true)",
                             R"("skipBlankLine": true)",
                             R"("ignoreFirstLine": true)",
                             R"("threads": 2)");
  const Job job;
  CHECK_THAT(
      job.problems(reading(R"("a.jsonl")", fmt::format(R"(, "schemaStr": "a int", {})", key))),
      Contains("belongs to format csv, but the format is jsonl"));
}

TEST_CASE("Keys of files are refused for generated tables", "[spec][files]") {
  const Job job;
  CHECK_THAT(
      job.problems(random_job(R"(, "numRows": 1, "numCols": 1, "onBadRow": "skip")")),
      Equals("iris.json: /input/onBadRow: 'onBadRow' belongs to formats csv, tfrecord and jsonl, "
             "but the format is random"));
}

}  // namespace
}  // namespace alinktf::spec
