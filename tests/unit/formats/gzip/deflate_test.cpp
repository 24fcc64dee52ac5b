#include "formats/gzip/deflate.hpp"

#include "unit/formats/gzip/packed.hpp"

#include <catch2/catch.hpp>

namespace alinktf::gzip {
namespace {

TEST_CASE("The same bytes become the same file however they are cut", "[gzip][deflate]") {
  const std::string text = some_text(300'000);
  const Format format = GENERATE(Format::kGzip, Format::kZlib);
  Deflater deflater(format);
  Buffer out;
  for (std::size_t at = 0; at < text.size(); at += 777) {
    take(deflater.add(std::string_view(text).substr(at, 777), out));
  }
  take(deflater.finish(out));
  CHECK(out.view() == packed(text, format));
  CHECK(out.size() < text.size() * 2 / 3);
}

TEST_CASE("No time stands in a gzip header", "[gzip][deflate]") {
  CHECK(packed("text").substr(0, 8) == std::string("\x1F\x8B\x08\x00\x00\x00\x00\x00", 8));
}

TEST_CASE("What has been flushed can be read", "[gzip][deflate]") {
  Deflater deflater(Format::kGzip);
  Buffer out;
  take(deflater.add("first", out));
  take(deflater.flush(out));
  const auto source =
      take(inflate(std::make_unique<StringSource>(std::string(out.view())), Format::kGzip));
  std::string piece(100, '\0');
  CHECK(take(source->read(piece.data(), piece.size())) == 5);
  CHECK(piece.starts_with("first"));
  take(deflater.add(" second", out));
  take(deflater.finish(out));
  CHECK(take(unpacked(std::string(out.view()))) == "first second");
}

TEST_CASE("A deflater may be moved while it works", "[gzip][deflate]") {
  Deflater first(Format::kGzip);
  Buffer out;
  take(first.add("one ", out));
  Deflater second(std::move(first));
  take(second.add("two", out));
  take(second.finish(out));
  CHECK(take(unpacked(std::string(out.view()))) == "one two");
}

}  // namespace
}  // namespace alinktf::gzip
