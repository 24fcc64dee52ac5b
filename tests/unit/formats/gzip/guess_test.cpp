#include "base/bytes.hpp"
#include "formats/gzip/format.hpp"
#include "formats/tfrecord/framing.hpp"
#include "unit/formats/gzip/packed.hpp"

#include <catch2/catch.hpp>

#include <vector>

#include <zlib.h>

namespace alinktf::gzip {
namespace {

/// The first bytes of a plain TFRecord file whose first record has `length` bytes.
std::string record_head(std::uint64_t length) {
  // write_frame() covers a payload as well, so let it be an empty one's and patch the length.
  std::string bytes(length + tfrecord::kHeaderBytes + tfrecord::kFooterBytes, '\0');
  tfrecord::write_frame(bytes.data(), length);
  return bytes.substr(0, kGuessBytes);
}

TEST_CASE("Packed files are told by their first bytes", "[gzip][guess]") {
  for (const std::size_t size : {0U, 1U, 100U, 100'000U}) {
    const std::string gzip = packed(some_text(size)).substr(0, kGuessBytes);
    const std::string zlib = packed(some_text(size), Format::kZlib).substr(0, kGuessBytes);
    CHECK(guess(gzip, Content::kText) == Format::kGzip);
    CHECK(guess(gzip, Content::kRecords) == Format::kGzip);
    CHECK(guess(zlib, Content::kRecords) == Format::kZlib);
  }
}

TEST_CASE("zlib streams of every level are told", "[gzip][guess]") {
  for (int level = 0; level <= 9; ++level) {
    const std::string text = some_text(1000);
    std::string out(5000, '\0');
    uLongf size = out.size();
    REQUIRE(::compress2(reinterpret_cast<Bytef*>(out.data()),  // NOLINT
                        &size,
                        reinterpret_cast<const Bytef*>(text.data()),  // NOLINT
                        text.size(),
                        level) == Z_OK);
    CAPTURE(level);
    CHECK(guess(out.substr(0, kGuessBytes), Content::kRecords) == Format::kZlib);
  }
}

TEST_CASE("No text is taken for a packed one", "[gzip][guess]") {
  for (const char* text : {"x^,y\n", "x\x01", "x\x9C,a\n", "x\xDA", "x,y,z,a,b,c,d\n", ""}) {
    CAPTURE(text);
    CHECK(guess(text, Content::kText) == Format::kNone);
  }
}

TEST_CASE("No plain TFRecord file is taken for a packed one", "[gzip][guess]") {
  // Lengths whose bytes are those of a gzip header without a time, and of zlib's.
  for (const std::uint64_t length : {0x088B1FU, 0x0178U, 0x5E78U, 0x9C78U, 0xDA78U, 0x01'9C78U}) {
    CAPTURE(length);
    std::string head = record_head(length);
    CHECK(guess(head, Content::kRecords) == Format::kNone);
    head[kGuessBytes - 1] = static_cast<char>(head[kGuessBytes - 1] ^ 1);
    if ((length & 0xFFU) == 0x78) {
      CHECK(guess(head, Content::kRecords) == Format::kNone);
    }
  }
}

TEST_CASE("Few bytes are enough for most files", "[gzip][guess]") {
  CHECK(needs_more(""));
  CHECK(needs_more("x"));
  CHECK(needs_more("\x1F\x8B\x08"));
  CHECK_FALSE(needs_more("a"));
  CHECK_FALSE(needs_more("x, y, z, 1, 2"));
}

}  // namespace
}  // namespace alinktf::gzip
