#include "formats/zip/writer.hpp"

#include "unit/formats/zip/archive.hpp"

#include <catch2/catch.hpp>

namespace alinktf::zip {
namespace {

TEST_CASE("What is written is read again, however it is cut", "[zip][writer]") {
  std::string large;
  for (unsigned i = 0; i < 300'000; ++i) {
    large += static_cast<char>(i * 2654435761U >> 24U);
  }
  const Entries entries = {{"a/", ""}, {"a/b.txt", "hello"}, {"empty", ""}, {"large", large}};
  const std::string archive = archive_of(entries);
  const std::size_t step = GENERATE(std::size_t{1}, std::size_t{97}, std::string::npos);
  const std::size_t size = GENERATE(std::size_t{13}, std::size_t{1} << 20U);
  CHECK((take(entries_of(archive, step, size)) == entries));
}

TEST_CASE("An archive without entries is one", "[zip][writer]") {
  CHECK(take(entries_of(archive_of({}))).empty());
}

TEST_CASE("How a file is cut into pieces makes no difference to the archive", "[zip][writer]") {
  Writer writer;
  Buffer out;
  writer.begin("x", out);
  for (const char c : std::string_view("hello, hello, hello")) {
    take(writer.add({&c, 1}, out));
  }
  take(writer.end(out));
  writer.finish(out);
  CHECK(out.view() == archive_of({{"x", "hello, hello, hello"}}));
}

TEST_CASE("What was added can be read after a flush", "[zip][writer]") {
  Writer writer;
  Buffer out;
  writer.begin("x", out);
  take(writer.add("hello", out));
  take(writer.flush(out));
  Reader reader(std::make_unique<StringSource>(std::string(out.view()), "a.zip"));
  REQUIRE(take(reader.next()));
  std::string piece(5, '\0');
  CHECK(take(reader.read(piece.data(), piece.size())) == 5);
  CHECK(piece == "hello");
}

TEST_CASE("More than 65535 entries make a zip64 archive", "[zip][writer]") {
  Entries entries;
  for (int i = 0; i < 66'000; ++i) {
    entries.emplace_back("d" + std::to_string(i) + "/", "");
  }
  CHECK((take(entries_of(archive_of(entries))) == entries));
}

}  // namespace
}  // namespace alinktf::zip
