#include "sink/output.hpp"

#include "base/bytes.hpp"
#include "formats/example/encoder.hpp"
#include "sys/fd.hpp"
#include "table/nested.hpp"
#include "unit/sink/rows.hpp"
#include "unit/sys/scratch.hpp"

#include <catch2/catch.hpp>

#include <array>
#include <cstdlib>
#include <string>
#include <vector>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace alinktf::sink {
namespace {

using Catch::Contains;
using sys::Scratch;
using sys::text_of;

spec::OutputSpec file(const std::string& path) {
  spec::OutputSpec spec;
  spec.given = true;
  spec.file_path = path;
  return spec;
}

TEST_CASE("A CSV output appears with its last row", "[sink][output]") {
  const Scratch scratch;
  const std::string path = scratch / "out.csv";
  const auto schema = schema_of("id long, size double, name string");
  auto output = take(open_output(file(path), schema, Display::kCsv));
  take(append(*output, schema, {"1", "0.5", "a,b"}));
  take(append(*output, schema, {"2", "null", ""}));
  CHECK_FALSE(std::filesystem::exists(path));
  take(output->finish());
  CHECK(text_of(path) == "1,0.5,\"a,b\"\n2,,\"\"\n");
  CHECK(scratch.names().size() == 1);
}

TEST_CASE("A CSV output that is given up leaves nothing", "[sink][output]") {
  const Scratch scratch;
  const auto schema = schema_of("name string");
  {
    auto output = take(open_output(file(scratch / "out.csv"), schema, Display::kCsv));
    for (int i = 0; i < 10; ++i) {  // enough that some is written
      take(append(*output, schema, {std::string(100'000, 'x')}));
    }
  }
  CHECK(scratch.names().empty());
}

TEST_CASE("A large CSV output is written in pieces and whole", "[sink][output]") {
  const Scratch scratch;
  const auto schema = schema_of("id long, name string");
  auto output = take(open_output(file(scratch / "out.csv"), schema, Display::kCsv));
  std::string expected;
  for (int i = 0; i < 30'000; ++i) {
    take(append(*output, schema, {std::to_string(i), std::string(20, 'x')}));
    expected += std::to_string(i) + "," + std::string(20, 'x') + "\n";
  }
  take(output->finish());
  CHECK((text_of(scratch / "out.csv") == expected));  // in parentheses: not to print 700 KB
}

TEST_CASE("CSV keys of the job shape the output", "[sink][output]") {
  const Scratch scratch;
  auto spec = file(scratch / "out.csv");
  spec.csv = {.field_delimiter = ";", .row_delimiter = "\r\n", .quote_char = '\'', .header = true};
  const auto schema = schema_of("id long, name string");
  auto output = take(open_output(spec, schema, Display::kCsv));
  take(append(*output, schema, {"1", "a;b"}));
  take(output->finish());
  CHECK(text_of(scratch / "out.csv") == "id;name\r\n1;'a;b'\r\n");
}

TEST_CASE("An output without rows is a file all the same", "[sink][output]") {
  const Scratch scratch;
  auto spec = file(scratch / "out.csv");
  spec.csv.header = true;
  take(take(open_output(spec, schema_of("id long"), Display::kCsv))->finish());
  CHECK(text_of(scratch / "out.csv") == "id\n");
}

TEST_CASE("A file that exists is kept unless it may be overwritten", "[sink][output]") {
  const Scratch scratch;
  auto spec = file(scratch.write("out.csv", "precious"));
  const auto schema = schema_of("id long");
  CHECK_THAT(failure(open_output(spec, schema, Display::kCsv), ErrorCode::kOutput),
             Contains("out.csv"));
  spec.overwrite_sink = true;
  { auto output = take(open_output(spec, schema, Display::kCsv)); }
  CHECK(text_of(scratch / "out.csv") == "precious");  // given up
  auto output = take(open_output(spec, schema, Display::kCsv));
  take(append(*output, schema, {"7"}));
  take(output->finish());
  CHECK(text_of(scratch / "out.csv") == "7\n");
}

TEST_CASE("An output whose folder is missing is refused before anything is written",
          "[sink][output]") {
  const Scratch scratch;
  CHECK_THAT(
      failure(open_output(file(scratch / "none/out.csv"), schema_of("id long"), Display::kCsv),
              ErrorCode::kOutput),
      Contains("none"));
}

TEST_CASE("A full disk is an output error", "[sink][output]") {
  const auto schema = schema_of("name string");
  auto spec = file("/dev/full");
  auto output = take(open_output(spec, schema, Display::kCsv));
  take(append(*output, schema, {"a"}));
  CHECK(output->finish().error().code() == ErrorCode::kOutput);
}

TEST_CASE("Rows become framed Examples", "[sink][output]") {
  const Scratch scratch;
  const auto schema = schema_of("id long, name string");
  auto spec = file(scratch / "out.tfrecord");
  spec.format = spec::Format::kTfrecord;
  auto output = take(open_output(spec, schema, Display::kCsv));
  take(append(*output, schema, {"1", "a"}));
  take(append(*output, schema, {"2", "null"}));
  take(output->finish());
  example::Encoder encoder(schema);
  Buffer expected;
  take(encoder.append_framed(
      std::vector<table::Cell>{table::Cell::of_integer(1), table::Cell::of_bytes("a")}, expected));
  take(encoder.append_framed(
      std::vector<table::Cell>{table::Cell::of_integer(2), table::Cell::of_null()}, expected));
  CHECK(text_of(scratch / "out.tfrecord") == expected.view());
}

TEST_CASE("Rows become JSON lines", "[sink][output]") {
  const Scratch scratch;
  const auto schema = schema_of("id long, name string");
  auto spec = file(scratch / "out.jsonl");
  spec.format = spec::Format::kJsonl;
  auto output = take(open_output(spec, schema, Display::kCsv));
  take(append(*output, schema, {"1", "a\"b"}));
  take(append(*output, schema, {"2", "null"}));
  take(output->finish());
  CHECK(text_of(scratch / "out.jsonl") ==
        "{\"id\":1,\"name\":\"a\\\"b\"}\n{\"id\":2,\"name\":null}\n");
}

TEST_CASE("A terminal gets no TFRecord", "[sink][output]") {
  const sys::Fd master(::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC));
  REQUIRE(master);
  REQUIRE((::grantpt(master.get()) == 0 && ::unlockpt(master.get()) == 0));
  std::array<char, 64> terminal{};
  REQUIRE(::ptsname_r(master.get(), terminal.data(), terminal.size()) == 0);
  auto spec = file(terminal.data());
  take(open_output(spec, schema_of("id long"), Display::kCsv));
  spec.format = spec::Format::kTfrecord;
  CHECK_THAT(failure(open_output(spec, schema_of("id long"), Display::kTable), ErrorCode::kOutput),
             Contains("is a terminal, but the output is binary"));
}

TEST_CASE("A FIFO is written directly", "[sink][output]") {
  const Scratch scratch;
  const std::string path = scratch / "fifo";
  REQUIRE(::mkfifo(path.c_str(), 0600) == 0);
  const sys::Fd reader(::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
  auto output = take(open_output(file(path), schema_of("id long"), Display::kCsv));
  take(append(*output, schema_of("id long"), {"7"}));
  take(output->finish());
  std::array<char, 16> bytes{};
  CHECK(::read(reader.get(), bytes.data(), bytes.size()) == 2);
  CHECK(std::string(bytes.data()) == "7\n");
}

TEST_CASE("Tensors are written to TFRecord as their features", "[sink][output]") {
  const Scratch scratch;
  auto spec = file(scratch / "out.tfrecord");
  spec.format = spec::Format::kTfrecord;
  const auto schema = schema_of("t tensor");
  Buffer tensor;
  const std::array<std::int64_t, 1> dims = {2};
  table::append_tensor_head(tensor, table::Element::kLong, dims);
  table::append_values<std::int64_t>(tensor, std::array<std::int64_t, 2>{7, -1});
  const std::vector<table::Cell> row = {table::Cell::of_bytes(tensor.view())};
  auto output = take(open_output(spec, schema, Display::kCsv));
  take(output->append(row));
  take(output->finish());
  Buffer expected;
  take(example::Encoder(schema).append_framed(row, expected));
  CHECK(text_of(scratch / "out.tfrecord") == expected.view());
}

TEST_CASE("A format that is not written is refused", "[sink][output]") {
  const Scratch scratch;
  auto spec = file(scratch / "out");
  spec.format = spec::Format::kRandom;
  CHECK_FALSE(open_output(spec, schema_of("id long"), Display::kCsv).ok());
  CHECK(scratch.names().empty());
}

}  // namespace
}  // namespace alinktf::sink
