#include "sink/output.hpp"
#include "sink/part_files.hpp"
#include "unit/sink/rows.hpp"
#include "unit/sys/scratch.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

namespace alinktf::sink {
namespace {

namespace fs = std::filesystem;
using Catch::Contains;
using sys::Scratch;
using sys::text_of;

spec::OutputSpec directory(const std::string& path, int num_files) {
  spec::OutputSpec spec;
  spec.given = true;
  spec.file_path = path;
  spec.num_files = num_files;
  return spec;
}

std::unique_ptr<Output> open(const spec::OutputSpec& spec, std::string_view columns) {
  return take(open_output(spec, schema_of(columns), Display::kCsv));
}

std::string refusal(const spec::OutputSpec& spec, std::string_view columns, ErrorCode code) {
  return failure(open_output(spec, schema_of(columns), Display::kCsv), code);
}

/// The files below `path`, relative, sorted, as "NAME: TEXT".
std::vector<std::string> tree(const std::string& path) {
  std::vector<std::string> files;
  for (const auto& entry : fs::recursive_directory_iterator(path)) {
    if (entry.is_regular_file()) {
      files.push_back(fs::relative(entry.path(), path).string() + ": " + text_of(entry.path()));
    }
  }
  std::sort(files.begin(), files.end());
  return files;
}

using Files = std::vector<std::string>;

TEST_CASE("Rows are dealt out to files in turn", "[sink][split_output]") {
  const Scratch scratch;
  const auto schema = schema_of("id long");
  auto output = open(directory(scratch / "out", 3), "id long");
  for (const auto* id : {"0", "1", "2", "3"}) {
    take(append(*output, schema, {id}));
  }
  CHECK_FALSE(fs::exists(scratch / "out"));
  take(output->finish());
  CHECK(tree(scratch / "out") == Files{"1: 0\n3\n", "2: 1\n", "3: 2\n"});
  CHECK(scratch.names().size() == 1);
}

TEST_CASE("Files without rows are there, with their header", "[sink][split_output]") {
  const Scratch scratch;
  auto spec = directory(scratch / "out", 2);
  spec.csv.header = true;
  auto output = open(spec, "id long");
  take(append(*output, schema_of("id long"), {"7"}));
  take(output->finish());
  CHECK(tree(scratch / "out") == Files{"1: id\n7\n", "2: id\n"});
}

TEST_CASE("Several files that are given up leave nothing", "[sink][split_output]") {
  const Scratch scratch;
  const auto schema = schema_of("name string");
  {
    auto output = open(directory(scratch / "out", 2), "name string");
    for (int i = 0; i < 10; ++i) {  // enough that some is written
      take(append(*output, schema, {std::string(100'000, 'x')}));
    }
  }
  CHECK(scratch.names().empty());
}

TEST_CASE("No file of an earlier output survives", "[sink][split_output]") {
  const Scratch scratch;
  auto spec = directory(scratch / "out", 3);
  take(open(spec, "id long")->finish());
  CHECK_THAT(refusal(spec, "id long", ErrorCode::kOutput), Contains("overwriteSink"));
  spec.overwrite_sink = true;
  spec.num_files = 2;
  take(open(spec, "id long")->finish());
  CHECK(tree(scratch / "out") == Files{"1: ", "2: "});
  static_cast<void>(scratch.write("out/notes.txt", "precious"));
  CHECK_THAT(refusal(spec, "id long", ErrorCode::kOutput), Contains("notes.txt"));
}

TEST_CASE("Names of files and folders that an output writes are known", "[sink][part_files]") {
  CHECK(PartFiles::ours("1", false));
  CHECK(PartFiles::ours("65535", false));
  CHECK(PartFiles::ours("dt=2021", true));
  CHECK(PartFiles::ours("dt=", true));
  CHECK_FALSE(PartFiles::ours("01", false));
  CHECK_FALSE(PartFiles::ours("1.csv", false));
  CHECK_FALSE(PartFiles::ours("dt=2021", false));
  CHECK_FALSE(PartFiles::ours("1", true));
  CHECK_FALSE(PartFiles::ours("=x", true));
}

TEST_CASE("Rows that do not fit into memory are whole in their files", "[sink][part_files]") {
  const Scratch scratch;
  const auto schema = schema_of("id long, name string");
  constexpr int kFiles = 100;
  auto output = open(directory(scratch / "out", kFiles), "id long, name string");
  std::string first;
  for (int i = 0; i < 200 * kFiles; ++i) {  // 20 MB, more than is buffered
    const std::vector<std::string> row{std::to_string(i), std::string(1000, 'x')};
    take(append(*output, schema, row));
    if (i % kFiles == 0) {
      first += row[0] + "," + row[1] + "\n";
    }
  }
  take(output->finish());
  CHECK((text_of(scratch / "out/1") == first));
  std::uintmax_t bytes = 0;
  for (int i = 1; i <= kFiles; ++i) {
    bytes += fs::file_size(scratch / ("out/" + std::to_string(i)));
  }
  // Numbers below 10, 100, 1000, 10000, 20000 and three more characters.
  CHECK(bytes == 10 + 90 * 2 + 900 * 3 + 9000 * 4 + 10000 * 5 + 20000 * 1002);
}

TEST_CASE("Columns become directories and leave the files", "[sink][partitioned_output]") {
  const Scratch scratch;
  const std::string columns = "id long, day date, size double, kind string";
  auto spec = directory(scratch / "out", 1);
  spec.partition_cols = {"KIND", "id"};
  const auto schema = schema_of(columns);
  auto output = open(spec, columns);
  take(append(*output, schema, {"1", "2021-01-01", "0.5", "a"}));
  take(append(*output, schema, {"2", "2021-01-02", "1.5", "a"}));
  take(append(*output, schema, {"1", "2021-01-03", "2.5", "a"}));
  take(append(*output, schema, {"null", "null", "null", "b"}));
  take(output->finish());
  CHECK(tree(scratch / "out") == Files{"kind=a/id=1/1: 2021-01-01,0.5\n2021-01-03,2.5\n",
                                       "kind=a/id=2/1: 2021-01-02,1.5\n",
                                       "kind=b/id=__HIVE_DEFAULT_PARTITION__/1: ,\n"});
}

TEST_CASE("Values that no file name bears are escaped", "[sink][partitioned_output]") {
  const Scratch scratch;
  auto spec = directory(scratch / "out", 1);
  spec.partition_cols = {"k"};
  const auto schema = schema_of("k string, n int");
  auto output = open(spec, "k string, n int");
  for (const auto* k :
       {"a/b", "..", "", "50%=\n", "\"q\"", "Köln 1", "__HIVE_DEFAULT_PARTITION__"}) {
    take(append(*output, schema, {k, "1"}));
  }
  take(output->finish());
  CHECK(tree(scratch / "out") == Files{"k=%22q%22/1: 1\n",
                                       "k=%5F_HIVE_DEFAULT_PARTITION__/1: 1\n",
                                       "k=../1: 1\n",
                                       "k=/1: 1\n",
                                       "k=50%25%3D%0A/1: 1\n",
                                       "k=Köln 1/1: 1\n",
                                       "k=a%2Fb/1: 1\n"});
}

TEST_CASE("A partition has as many files as it has rows for", "[sink][partitioned_output]") {
  const Scratch scratch;
  auto spec = directory(scratch / "out", 2);
  spec.partition_cols = {"k"};
  spec.csv.header = true;
  const auto schema = schema_of("k string, n int");
  auto output = open(spec, "k string, n int");
  take(append(*output, schema, {"a", "1"}));
  take(append(*output, schema, {"b", "2"}));
  take(append(*output, schema, {"a", "3"}));
  take(append(*output, schema, {"a", "4"}));
  take(output->finish());
  CHECK(tree(scratch / "out") == Files{"k=a/1: n\n1\n4\n", "k=a/2: n\n3\n", "k=b/1: n\n2\n"});
}

TEST_CASE("A partitioned output without rows is an empty directory", "[sink][partitioned_output]") {
  const Scratch scratch;
  auto spec = directory(scratch / "out", 1);
  spec.partition_cols = {"k"};
  take(open(spec, "k string, n int")->finish());
  CHECK(fs::is_empty(scratch / "out"));
}

TEST_CASE("A value too long for a file name is an output error", "[sink][partitioned_output]") {
  const Scratch scratch;
  {
    auto spec = directory(scratch / "out", 1);
    spec.partition_cols = {"k"};
    auto output = open(spec, "k string, n int");
    take(append(*output, schema_of("k string, n int"), {std::string(300, 'x'), "1"}));
    CHECK_THAT(failure(output->finish(), ErrorCode::kOutput), Contains("too long"));
  }
  CHECK(scratch.names().empty());
}

TEST_CASE("More directories than can be are refused, and nothing is left",
          "[sink][partitioned_output]") {
  const Scratch scratch;
  {
    auto spec = directory(scratch / "out", 1);
    spec.partition_cols = {"k"};
    const auto schema = schema_of("k long, n int");
    auto output = open(spec, "k long, n int");
    for (std::size_t i = 0; i < kMostPartFiles; ++i) {
      REQUIRE(append(*output, schema, {std::to_string(i), "1"}).ok());
    }
    take(append(*output, schema, {"7", "2"}));
    CHECK_THAT(failure(append(*output, schema, {"-1", "1"}), ErrorCode::kOutput),
               Contains("'k=-1/1' is one file too many, expected at most 65535"));
  }
  CHECK(scratch.names().empty());
}

TEST_CASE("Partition columns must be there and leave one", "[sink][partitioned_output]") {
  const Scratch scratch;
  auto spec = directory(scratch / "out", 1);
  spec.partition_cols = {"kind", "sizes"};
  CHECK_THAT(refusal(spec, "kind string, size int", ErrorCode::kSpec),
             Contains("found 'sizes'") && Contains("did you mean 'size'"));
  spec.partition_cols = {"kind", "Kind"};
  CHECK_THAT(refusal(spec, "kind string, size int", ErrorCode::kSpec),
             Contains("'Kind' a second time"));
  spec.partition_cols = {"kind", "size"};
  CHECK_THAT(refusal(spec, "kind string, size int", ErrorCode::kSpec), Contains("all columns"));
  CHECK(scratch.names().empty());
}

TEST_CASE("Standard output is no directory", "[sink][output]") {
  CHECK_THAT(refusal(directory("-", 2), "id long", ErrorCode::kSpec), Contains("standard output"));
}

}  // namespace
}  // namespace alinktf::sink
