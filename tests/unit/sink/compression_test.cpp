#include "sink/compression.hpp"

#include "formats/gzip/inflate.hpp"
#include "sink/output.hpp"
#include "sys/file_source.hpp"
#include "unit/sink/rows.hpp"
#include "unit/sys/scratch.hpp"

#include <catch2/catch.hpp>

#include <array>

namespace alinktf::sink {
namespace {

using Catch::Contains;
using sys::Scratch;

spec::OutputSpec file(const std::string& path,
                      spec::Compression compression = spec::Compression::kAuto) {
  spec::OutputSpec spec;
  spec.given = true;
  spec.file_path = path;
  spec.compression = compression;
  return spec;
}

/// The bytes of the file `path`, which is packed as `format` says.
std::string unpacked(const std::string& path, gzip::Format format) {
  const auto plain = take(gzip::inflate(take(sys::FileSource::open(path)), format));
  std::string bytes;
  std::array<char, 4096> piece{};
  for (;;) {
    const std::size_t size = take(plain->read(piece.data(), piece.size()));
    if (size == 0) {
      return bytes;
    }
    bytes.append(piece.data(), size);
  }
}

TEST_CASE("The ending of the path decides how an output is packed", "[sink][compression]") {
  CHECK(compression_of(file("/x/out.csv")) == spec::Compression::kNone);
  CHECK(compression_of(file("/x/out.csv.GZ")) == spec::Compression::kGzip);
  CHECK(compression_of(file("/x/out.gz/")) == spec::Compression::kGzip);
  CHECK(compression_of(file("/x/out.gz", spec::Compression::kNone)) == spec::Compression::kNone);
  CHECK(compression_of(file("/x/out", spec::Compression::kZlib)) == spec::Compression::kZlib);
  CHECK(compression_of(file("-")) == spec::Compression::kNone);
}

TEST_CASE("A packed output holds the rows of a plain one", "[sink][compression]") {
  const Scratch scratch;
  const auto schema = schema_of("id long, name string");
  const auto format = GENERATE(gzip::Format::kGzip, gzip::Format::kZlib);
  const bool gz = format == gzip::Format::kGzip;
  auto spec = file(scratch / (gz ? "out.csv.gz" : "out.csv"),
                   gz ? spec::Compression::kAuto : spec::Compression::kZlib);
  auto output = take(open_output(spec, schema, Display::kCsv));
  std::string expected;
  for (int i = 0; i < 30'000; ++i) {  // several writes
    take(append(*output, schema, {std::to_string(i), std::string(20, 'x')}));
    expected += std::to_string(i) + "," + std::string(20, 'x') + "\n";
  }
  take(output->finish());
  CHECK((unpacked(spec.file_path, format) == expected));  // in parentheses: not to print 700 KB
}

TEST_CASE("Each of several files is packed by itself", "[sink][compression]") {
  const Scratch scratch;
  const auto schema = schema_of("id long");
  auto spec = file(scratch / "out", spec::Compression::kGzip);
  spec.num_files = 3;
  auto output = take(open_output(spec, schema, Display::kCsv));
  take(append(*output, schema, {"1"}));
  take(append(*output, schema, {"2"}));
  take(output->finish());
  CHECK(unpacked(scratch / "out/1", gzip::Format::kGzip) == "1\n");
  CHECK(unpacked(scratch / "out/2", gzip::Format::kGzip) == "2\n");
  CHECK(unpacked(scratch / "out/3", gzip::Format::kGzip).empty());
}

TEST_CASE("Fewer packed files than plain ones are allowed", "[sink][compression]") {
  const Scratch scratch;
  auto spec = file(scratch / "out", spec::Compression::kGzip);
  spec.num_files = 257;
  CHECK_THAT(failure(open_output(spec, schema_of("id long"), Display::kCsv), ErrorCode::kOutput),
             Contains("'257' is one file too many, expected at most 256 compressed ones"));
  CHECK(scratch.names().empty());
}

}  // namespace
}  // namespace alinktf::sink
