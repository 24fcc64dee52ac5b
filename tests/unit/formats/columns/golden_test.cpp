// The byte file that the Python runtime's tests read too. Contract: worker/runtime/PROTOCOL.md.
#include "formats/chunk/chunk.hpp"
#include "formats/columns/decoder.hpp"
#include "unit/result.hpp"

#include <catch2/catch.hpp>

#include <array>
#include <fstream>
#include <iterator>
#include <string>

namespace alinktf::columns {
namespace {

TEST_CASE("The protocol's columns are two rows", "[columns][golden]") {
  std::ifstream in(ALINKTF_TESTDATA "/protocol/results_columns.bin", std::ios::binary);
  REQUIRE(in.is_open());
  const std::string bytes{std::istreambuf_iterator<char>(in), {}};
  chunk::Decoder chunks;
  bytes.copy(chunks.reserve(bytes.size()), bytes.size());
  chunks.received(bytes.size());
  chunk::Header header;
  std::string_view payload;
  REQUIRE(take(chunks.next(header, payload)) == chunk::Decoder::Step::kChunk);
  CHECK(header.kind == chunk::Kind::kColumns);
  REQUIRE(header.records == 2);

  Decoder decoder(take(table::parse_schema("s string, i long")));
  take(decoder.open(payload, header.records));
  std::array<table::Cell, 2> row{};
  take(decoder.read(row.data()));
  CHECK(row[0].bytes() == "a");
  CHECK(row[1].integer == 1);
  take(decoder.read(row.data()));
  CHECK(row[0].null);
  CHECK(row[1].integer == 2);

  REQUIRE(take(chunks.next(header, payload)) == chunk::Decoder::Step::kChunk);
  CHECK(header.kind == chunk::Kind::kEnd);
  CHECK(load_le<std::uint64_t>(payload.data()) == 2);
}

}  // namespace
}  // namespace alinktf::columns
