// The byte files that the Python runtime's tests read too. Contract: worker/runtime/PROTOCOL.md.
#include "formats/chunk/chunk.hpp"
#include "unit/result.hpp"

#include <catch2/catch.hpp>

#include <fstream>
#include <iterator>
#include <string>
#include <vector>

namespace alinktf::chunk {
namespace {

struct Chunk {
  Kind kind;
  std::uint32_t records;
  std::string payload;

  friend bool operator==(const Chunk&, const Chunk&) = default;
};
using Chunks = std::vector<Chunk>;

std::string file(const std::string& name) {
  std::ifstream in(ALINKTF_TESTDATA "/protocol/" + name, std::ios::binary);
  REQUIRE(in.is_open());
  return {std::istreambuf_iterator<char>(in), {}};
}

/// The chunks of `pieces`, each handed over at once; nothing may be left.
Chunks decode(const std::vector<std::string>& pieces) {
  Decoder decoder;
  Chunks chunks;
  for (const std::string& piece : pieces) {
    piece.copy(decoder.reserve(piece.size()), piece.size());
    decoder.received(piece.size());
    Header header;
    std::string_view payload;
    while (take(decoder.next(header, payload)) == Decoder::Step::kChunk) {
      chunks.push_back({header.kind, header.records, std::string(payload)});
    }
  }
  CHECK(decoder.at_boundary());
  return chunks;
}

Chunk end_of(char total) {
  return {Kind::kEnd, 0, std::string(1, total) + std::string(7, '\0')};
}

TEST_CASE("The protocol's results are two records and their end", "[chunk][golden]") {
  const Chunks chunks = decode({file("results_two_records.bin")});
  REQUIRE(chunks.size() == 2);
  CHECK(chunks[1] == end_of(2));
  std::vector<std::string> records;
  take(for_each_record({.kind = Kind::kRecords, .payload_bytes = 0, .records = chunks[0].records},
                       chunks[0].payload,
                       [&](std::string_view record) -> Result<void> {
                         records.emplace_back(record);
                         return {};
                       }));
  CHECK(records == std::vector<std::string>{"A", "BC"});
}

TEST_CASE("The protocol's feeds are what the runner sends", "[chunk][golden]") {
  const Chunks two = decode({file("feed_two_chunks.bin")});
  REQUIRE(two.size() == 3);
  CHECK(two[0].kind == Kind::kTfrecord);
  CHECK(two[0].records == 2);
  CHECK(two[1].records == 1);
  CHECK(two[2] == end_of(3));
  Buffer empty;
  append_end(empty, 0);
  CHECK(file("feed_empty.bin") == empty.view());
  Buffer tensors;
  append_end(
      tensors, 1, R"({"tensor_shapes":"{\"d\":[2,2]}","tensor_types":"{\"d\":\"double\"}"})");
  const std::string told = file("feed_tensors.bin");
  CHECK(told.substr(told.size() - tensors.size()) == tensors.view());
  CHECK(decode({told}).size() == 2);
  const std::string failed = file("feed_error.bin");
  Buffer error;
  append_error(error, "in.csv line 7: bad cell \"é\"");
  CHECK(failed.substr(failed.size() - error.size()) == error.view());
}

TEST_CASE("A stream may be cut at any byte", "[chunk][golden]") {
  const std::string name = GENERATE(as<std::string>(),
                                    "results_two_records.bin",
                                    "feed_two_chunks.bin",
                                    "feed_empty.bin",
                                    "feed_error.bin");
  const std::string bytes = file(name);
  const Chunks whole = decode({bytes});
  for (std::size_t at = 0; at <= bytes.size(); ++at) {
    CAPTURE(name, at);
    CHECK(decode({bytes.substr(0, at), bytes.substr(at)}) == whole);
  }
}

}  // namespace
}  // namespace alinktf::chunk
