#include "formats/chunk/chunk.hpp"

#include "unit/result.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

namespace alinktf::chunk {
namespace {

using Catch::Contains;

std::string chunk(Kind kind, std::string_view payload, std::uint32_t records) {
  std::string bytes(kHeaderBytes, '\0');
  store_header(bytes.data(),
               {.kind = kind,
                .payload_bytes = static_cast<std::uint32_t>(payload.size()),
                .records = records});
  return bytes.append(payload);
}

void receive(Decoder& decoder, std::string_view bytes) {
  bytes.copy(decoder.reserve(bytes.size()), bytes.size());
  decoder.received(bytes.size());
}

TEST_CASE("A header is three little endian words", "[chunk]") {
  CHECK(chunk(Kind::kRecords, "ab", 258) ==
        std::string("\x04\x00\x00\x00\x02\x00\x00\x00\x02\x01\x00\x00"
                    "ab",
                    14));
}

TEST_CASE("Chunks come out whole however their bytes arrive", "[chunk]") {
  const std::string bytes = chunk(Kind::kRecords, "first", 1) + chunk(Kind::kColumns, "", 0) +
                            chunk(Kind::kRecords, std::string(100'000, 'x'), 2);
  const std::size_t step = GENERATE(1U, 5U, 12U, 1000U, 1'000'000U);
  Decoder decoder;
  Header header;
  std::string_view payload;
  std::vector<std::string> payloads;
  for (std::size_t at = 0; at < bytes.size(); at += step) {
    receive(decoder, std::string_view(bytes).substr(at, step));
    while (take(decoder.next(header, payload)) == Decoder::Step::kChunk) {
      payloads.emplace_back(payload);
    }
  }
  CHECK(payloads == std::vector<std::string>{"first", "", std::string(100'000, 'x')});
  CHECK(header.records == 2);
  CHECK(decoder.at_boundary());
}

TEST_CASE("A chunk that has begun is no boundary", "[chunk]") {
  Decoder decoder;
  Header header;
  std::string_view payload;
  receive(decoder, chunk(Kind::kRecords, "abc", 1).substr(0, 14));
  CHECK(take(decoder.next(header, payload)) == Decoder::Step::kNeedMore);
  CHECK_FALSE(decoder.at_boundary());
}

TEST_CASE("Bytes that are no chunks are an error", "[chunk]") {
  const std::string bytes = GENERATE(as<std::string>(),
                                     "print to fd 4\n",
                                     std::string("\x04\0\0\0\xFF\xFF\xFF\xFF\0\0\0\0", 12),
                                     std::string("\x07\0\0\0\0\0\0\0\0\0\0\0", 12));
  Decoder decoder;
  Header header;
  std::string_view payload;
  receive(decoder, bytes);
  CHECK_THAT(failure(decoder.next(header, payload), ErrorCode::kWorker), Contains("not chunks"));
}

TEST_CASE("The end and error chunks carry their number and text", "[chunk]") {
  Buffer out;
  append_error(out, "no such row");
  append_end(out, 7);
  Decoder decoder;
  Header header;
  std::string_view payload;
  receive(decoder, out.view());
  CHECK(take(decoder.next(header, payload)) == Decoder::Step::kChunk);
  CHECK(header.kind == Kind::kError);
  CHECK(payload == "no such row");
  CHECK(take(decoder.next(header, payload)) == Decoder::Step::kChunk);
  CHECK(header.kind == Kind::kEnd);
  CHECK(load_le<std::uint64_t>(payload.data()) == 7);
}

Result<void> collect(const Header& header, std::string_view payload, std::vector<std::string>& to) {
  return for_each_record(header, payload, [&](std::string_view record) -> Result<void> {
    to.emplace_back(record);
    return {};
  });
}

TEST_CASE("The records of a chunk are taken apart", "[chunk]") {
  const std::string payload("\x01\0\0\0a\0\0\0\0\x02\0\0\0bc", 15);
  std::vector<std::string> records;
  take(collect({.kind = Kind::kRecords, .payload_bytes = 15, .records = 3}, payload, records));
  CHECK(records == std::vector<std::string>{"a", "", "bc"});
}

TEST_CASE("Records that do not fit their chunk are an error", "[chunk]") {
  const std::string payload("\x01\0\0\0a\x02\0\0\0b", 10);
  std::vector<std::string> records;
  CHECK_FALSE(collect({.records = 2}, payload, records).ok());
  CHECK_FALSE(collect({.records = 2}, payload.substr(0, 7), records).ok());
  CHECK_THAT(failure(collect({.records = 2}, payload.substr(0, 5), records), ErrorCode::kWorker),
             Contains("another number"));
}

}  // namespace
}  // namespace alinktf::chunk
