// The rules of the output.
#include "unit/spec/job.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include <string>

namespace alinktf::spec {
namespace {

using Catch::Contains;
using Catch::Equals;

/// A job with the output columns a, b, c that writes to `path` with `more` members.
std::string writing(const std::string& path, const std::string& more = "") {
  return R"({"component": "TensorFlowBatchOp", "input": {"filePath": "i.csv", "schemaStr": "a int"},
             "mainScriptFile": "train.py", "outputSchemaStr": "a long, b string, c double",
             "output": {"filePath": ")" +
         path + "\"" + more + "}}";
}

TEST_CASE("The format of the output follows from the ending", "[spec][output]") {
  struct Case {
    std::string path;
    Format format;
  };
  const auto [path, format] = GENERATE(Case{"o.csv", Format::kCsv},
                                       Case{"-", Format::kCsv},
                                       Case{"o.tfrecord", Format::kTfrecord},
                                       Case{"o.TFRECORDS.gz", Format::kTfrecord},
                                       Case{"o.jsonl.gz", Format::kJsonl},
                                       Case{"o.ndjson", Format::kJsonl},
                                       Case{"o.ak", Format::kAk});
  CAPTURE(path);
  const Job job;
  CHECK(job.good(writing(path)).output.format == format);
  CHECK(job.good(writing("o", R"(, "format": "jsonl")")).output.format == Format::kJsonl);
}

TEST_CASE("Compression, number of files and partitions are read", "[spec][output]") {
  const Job job;
  const OutputSpec out =
      job.good(writing("o.csv",
                       R"(, "compression": "zlib", "numFiles": 3, "partitionCols": ["B", "a"])"))
          .output;
  CHECK(out.compression == Compression::kZlib);
  CHECK(out.num_files == 3);
  CHECK(out.partition_cols == std::vector<std::string>{"B", "a"});
  const OutputSpec plain = job.good(writing("o.csv")).output;
  CHECK(plain.compression == Compression::kAuto);
  CHECK(plain.num_files == 1);
  CHECK(plain.partition_cols.empty());
}

TEST_CASE("What is wrong with the output is told", "[spec][output]") {
  struct Case {
    std::string path;
    std::string more;
    std::string expected;
  };
  const auto [path, more, expected] = GENERATE(
      Case{"o", "", "/output/filePath: expected a name that ends in .csv"},
      Case{"o.ak.gz", "", "/output/filePath: .ak files are packed already; leave out the .gz"},
      Case{"o.ak", R"("compression": "gzip")", "/output/compression: 'compression' belongs to"},
      Case{"o",
           R"("format": "savedmodel")",
           "/output/format: 'savedmodel' is what train components give, but the component is "
           "TensorFlowBatchOp"},
      Case{"o.csv", R"("numFiles": 0)", "/output/numFiles: expected an integer from 1 to 65535"},
      Case{"o.csv", R"("compression": "lz4")", "/output/compression: expected one of auto, none"},
      Case{"o.csv", R"("partitionCols": [])", "/output/partitionCols: expected a list of one or"},
      Case{"o.csv",
           R"("partitionCols": ["a", "bb"])",
           "/output/partitionCols/1: expected a column of the output, found 'bb' (did you mean "
           "'b'?)"},
      Case{"o.csv",
           R"("partitionCols": ["a", "b", "C"])",
           "/output/partitionCols: expected to leave a column for the files"},
      Case{"-", R"("numFiles": 2)", "/output/numFiles: 'numFiles' makes a directory, but filePath"},
      Case{"-", R"("partitionCols": ["a"])", "/output/partitionCols: 'partitionCols' makes a dir"},
      Case{
          "o.tfrecord", R"("header": true)", "/output/header: 'header' belongs to format csv, but"},
      Case{"o.jsonl",
           R"("quoteChar": null)",
           "/output/quoteChar: 'quoteChar' belongs to format csv"},
      Case{"o.csv",
           R"("fieldDelimiter": "\n")",
           "/output/fieldDelimiter: expected delimiters that do not contain each other"});
  CAPTURE(path, more);
  const Job job;
  CHECK_THAT(job.problems(writing(path, more.empty() ? "" : ", " + more)),
             Contains("iris.json: " + expected));
}

TEST_CASE("One file may go to standard output", "[spec][output]") {
  const Job job;
  CHECK(job.good(writing("-", R"(, "numFiles": 1, "format": "jsonl")")).output.format ==
        Format::kJsonl);
}

}  // namespace
}  // namespace alinktf::spec
