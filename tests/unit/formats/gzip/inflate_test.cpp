#include "formats/gzip/inflate.hpp"

#include "unit/formats/gzip/packed.hpp"

#include <catch2/catch.hpp>

#include <vector>

namespace alinktf::gzip {
namespace {

using Catch::Contains;

std::string failure_of(const std::string& file, Format format = Format::kAuto) {
  return failure(unpacked(file, format), ErrorCode::kInput);
}

TEST_CASE("Packed files are unpacked whatever the pieces they come in", "[gzip][inflate]") {
  const std::string text = some_text(200'000);
  const Format format = GENERATE(Format::kGzip, Format::kZlib);
  const std::size_t step = GENERATE(as<std::size_t>(), 1, 7, 65'536, 10'000'000);
  const bool automatic = GENERATE(true, false);
  CAPTURE(static_cast<int>(format), step, automatic);
  const bool same =
      take(unpacked(
          packed(text, format), automatic ? Format::kAuto : format, Content::kRecords, step)) ==
      text;
  CHECK(same);
}

TEST_CASE("Packed files are unpacked whatever is asked for at once", "[gzip][inflate]") {
  // A run packs so well that little input makes much output.
  const std::string text = some_text(30'000) + std::string(500'000, 'r') + some_text(10);
  const std::size_t size = GENERATE(as<std::size_t>(), 1, 1000, 1'000'000);
  const auto source = take(inflate(std::make_unique<StringSource>(packed(text)), Format::kGzip));
  const bool same = take(read_all(*source, size)) == text;
  CHECK(same);
}

TEST_CASE("Members of a gzip file follow one another", "[gzip][inflate]") {
  const std::size_t step = GENERATE(as<std::size_t>(), 1, 10'000'000);
  const std::string file = packed("one ") + packed("") + packed("two");
  CHECK(take(unpacked(file, Format::kAuto, Content::kText, step)) == "one two");
  CHECK(take(unpacked(file + std::string(1000, '\0'), Format::kAuto, Content::kText, step)) ==
        "one two");
}

TEST_CASE("What is not packed passes through", "[gzip][inflate]") {
  const std::string file =
      GENERATE(as<std::string>(), "", "a", "x", "\x1F", "x\x9C,y\n1,2\n", "plain text");
  const Content content = GENERATE(Content::kText, Content::kRecords);
  const std::size_t step = GENERATE(as<std::size_t>(), 1, 5, 10'000'000);
  if (file.starts_with("x\x9C") && content == Content::kRecords) {
    return;
  }
  CHECK(take(unpacked(file, Format::kAuto, content, step)) == file);
  CHECK(take(unpacked(packed(file), Format::kNone)) == packed(file));
}

TEST_CASE("Data that end too early are an error wherever they end", "[gzip][inflate]") {
  const Format format = GENERATE(Format::kGzip, Format::kZlib);
  const std::string whole = packed(some_text(200), format);
  for (std::size_t size = 0; size < whole.size(); ++size) {
    CAPTURE(size);
    CHECK_THAT(failure_of(whole.substr(0, size), format),
               Contains("data.gz: packed byte " + std::to_string(size)) && Contains("cut off"));
  }
}

TEST_CASE("Damaged data are an error with the place", "[gzip][inflate]") {
  std::string file = packed(some_text(5000));
  file[file.size() - 6] = static_cast<char>(file[file.size() - 6] ^ 1);  // the CRC
  CHECK_THAT(failure_of(file),
             Contains("data.gz: packed byte " + std::to_string(file.size() - 4)) &&
                 Contains("gzip data are damaged (incorrect data check)"));
  CHECK_THAT(failure_of("no gzip at all", Format::kGzip), Contains("incorrect header check"));
  CHECK_THAT(failure_of("x,y\n1,2\n", Format::kZlib), Contains("zlib data are damaged"));
}

TEST_CASE("What comes before the damage is handed out", "[gzip][inflate]") {
  const std::string text = some_text(100'000);
  std::string file = packed(text);
  file.resize(file.size() / 2);
  const auto source =
      take(inflate(std::make_unique<StringSource>(file, "data.gz", 1000), Format::kAuto));
  std::string all;
  std::string piece(1000, '\0');
  Result<std::size_t> got(std::size_t{0});
  while ((got = source->read(piece.data(), piece.size())).ok()) {
    all.append(piece, 0, got.value());
  }
  CHECK(all.size() > text.size() / 3);
  CHECK(text.starts_with(all));
  CHECK_FALSE(source->read(piece.data(), piece.size()).ok());
}

TEST_CASE("Something else behind the data is an error", "[gzip][inflate]") {
  const std::string gzip = packed("text");
  for (const std::string& tail : {std::string("junk"), std::string("\0\0junk", 6)}) {
    CHECK_THAT(failure_of(gzip + tail), Contains("found something behind the gzip data"));
  }
  CHECK_THAT(failure_of(gzip + "\x1Fjunk"), Contains("damaged"));
  const std::string zlib = packed("text", Format::kZlib);
  CHECK_THAT(failure_of(zlib + zlib, Format::kZlib), Contains("behind the zlib data"));
}

/// A source that counts what is read, and says whether it is ready as told.
class Pipe final : public ByteSource {
 public:
  Pipe(std::string bytes, bool& ready, std::size_t& reads)
      : source_(std::move(bytes)), ready_(ready), reads_(reads) {}
  Result<std::size_t> read(char* to, std::size_t size) override {
    ++reads_;
    return source_.read(to, size);
  }
  [[nodiscard]] const std::string& name() const override { return source_.name(); }
  [[nodiscard]] bool ready() const override { return ready_; }

 private:
  StringSource source_;
  bool& ready_;
  std::size_t& reads_;
};

TEST_CASE("A packed source is ready if packed bytes are there", "[gzip][inflate]") {
  bool ready = false;
  std::size_t reads = 0;
  const auto source =
      take(inflate(std::make_unique<Pipe>(packed(some_text(100)), ready, reads), Format::kAuto));
  CHECK(reads == 0);
  CHECK_FALSE(source->ready());
  ready = true;
  CHECK(source->ready());
  std::string piece(50, '\0');
  CHECK(take(source->read(piece.data(), piece.size())) == 50);
  ready = false;
  CHECK(source->ready());
  CHECK(take(source->read(piece.data(), piece.size())) == 50);
  CHECK(reads == 1);
}

}  // namespace
}  // namespace alinktf::gzip
