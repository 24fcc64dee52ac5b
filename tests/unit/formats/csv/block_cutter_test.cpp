#include "formats/csv/block_cutter.hpp"

#include "unit/formats/csv/rows.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include <deque>
#include <random>

namespace alinktf::csv {
namespace {

constexpr const char* kSchema = "i int, s string, t string";

/// Where the cutting of a text is looked at.
struct Cut {
  std::size_t block_bytes = 1;
  std::size_t step = std::string::npos;
};

/// The rows of `text`, and the error they end with if there is one, in one list.
Rows sequential(const std::string& text, const Options& options) {
  Rows rows;
  auto reader = open(kSchema, text, options);
  const Result<void> result = reader.ok() ? read_all(*reader.value(), rows) : reader.error();
  if (!result.ok()) {
    rows.push_back({result.error().str()});
  }
  return rows;
}

Result<void> read_blocks(const std::string& text, const Options& options, Cut cut, Rows& rows) {
  const table::Schema schema = take(table::parse_schema(kSchema));
  ALINKTF_ASSIGN_OR_RETURN(
      const auto cutter,
      BlockCutter::open(std::make_unique<StringSource>(text, "t.csv", cut.step),
                        schema,
                        options,
                        cut.block_bytes));
  const auto reader = take(Reader::over_blocks(cutter->name(), schema, options));
  Block block;
  while (true) {
    ALINKTF_ASSIGN_OR_RETURN(const bool there, cutter->next(block));
    if (!there) {
      return {};
    }
    REQUIRE_FALSE(block.bytes.empty());
    block.bytes = reader->next_block(std::move(block.bytes), block.first_line);
    ALINKTF_TRY(read_all(*reader, rows));
  }
}

/// The same through blocks.
Rows in_blocks(const std::string& text, const Options& options, Cut cut) {
  Rows rows;
  const Result<void> result = read_blocks(text, options, cut, rows);
  if (!result.ok()) {
    rows.push_back({result.error().str()});
  }
  return rows;
}

/// Rows with all that matters to cutting, some of them bad if `bad` is not 0.
std::string random_text(std::uint64_t seed, unsigned bad) {
  constexpr std::array<const char*, 12> kTexts = {"plain",
                                                  "",
                                                  "\"\"",
                                                  "\"a,b\"",
                                                  "a\"b",
                                                  "\"x\ny\"",
                                                  "\"x\r\n\r\n,\"",
                                                  "\"q\"\"r\"",
                                                  "\"\"\"\n\"\"\"",
                                                  "\"x\"y\"z",
                                                  "\r",
                                                  " \"a"};
  std::mt19937_64 random(seed);
  std::string text;
  for (int i = 0; i < 60; ++i) {
    text += fmt::format("{},{},{}{}",
                        bad != 0 && random() % bad == 0 ? "x" : std::to_string(i),
                        kTexts[random() % kTexts.size()],
                        kTexts[random() % kTexts.size()],
                        random() % 4 == 0 ? "\r\n" : "\n");
    text += random() % 9 == 0 ? "\n" : "";
  }
  return text;
}

TEST_CASE("Bytes are counted at every offset", "[csv][block_cutter]") {
  std::string text;
  for (int i = 0; i < 5000; ++i) {
    text += static_cast<char>(i % 7 == 0 ? '\n' : i % 256);
  }
  for (std::size_t from = 0; from < 20; ++from) {
    for (const std::size_t to : {std::size_t{20}, std::size_t{33}, text.size()}) {
      CAPTURE(from, to);
      const auto expected = std::count(text.begin() + static_cast<std::ptrdiff_t>(from),
                                       text.begin() + static_cast<std::ptrdiff_t>(to),
                                       '\n');
      CHECK(count_byte(text.data() + from, text.data() + to, '\n') ==
            static_cast<std::uint64_t>(expected));
    }
  }
}

TEST_CASE("Rows and errors are the same through blocks of any size", "[csv][block_cutter]") {
  const std::uint64_t seed = GENERATE(range(std::uint64_t{0}, std::uint64_t{12}));
  const std::string text = random_text(seed, seed % 2 == 0 ? 0 : 40);
  const Rows expected = sequential(text, {});
  for (const std::size_t block_bytes : {1U, 2U, 10U, 100U, 333U, 100'000U}) {
    for (const std::size_t step : {std::size_t{1}, std::size_t{50}, std::string::npos}) {
      CAPTURE(seed, block_bytes, step);
      CHECK(in_blocks(text, {}, {.block_bytes = block_bytes, .step = step}) == expected);
    }
  }
}

TEST_CASE("Longer delimiters and texts without quotes are cut too", "[csv][block_cutter]") {
  Options longer;
  longer.field_delimiter = "--";
  longer.row_delimiter = ";\n";
  Options unquoted;
  unquoted.quote_char = std::nullopt;
  for (const std::size_t block_bytes : {1U, 7U, 20U, 1000U}) {
    CAPTURE(block_bytes);
    const std::string text = "1--\"a;\n;\n\"--b;\n2--c--d-;\n;\n3--\"--\"--e";
    CHECK(in_blocks(text, longer, {.block_bytes = block_bytes}) == sequential(text, longer));
    const std::string quotes = "1,\"a,b\n2,\",\"\n3,c,d\n";
    CHECK(in_blocks(quotes, unquoted, {.block_bytes = block_bytes}) ==
          sequential(quotes, unquoted));
  }
}

TEST_CASE("What stands before the rows is left out of the blocks", "[csv][block_cutter]") {
  Options header;
  header.header = true;
  Options ignore;
  ignore.ignore_first_line = true;
  const std::string mark = "\xEF\xBB\xBF";
  for (const std::size_t step : {std::size_t{1}, std::string::npos}) {
    const Cut cut{.block_bytes = 4, .step = step};
    CHECK(in_blocks(mark + "I, s,t\n1,a,b\n", header, cut) == Rows{{"1", "'a", "'b"}});
    CHECK(in_blocks("\"x\ny\",z\nbad,a,b\n", ignore, cut) ==
          sequential("\"x\ny\",z\nbad,a,b\n", ignore));
    CHECK(in_blocks("i,s\n", header, cut) == sequential("i,s\n", header));
    CHECK(in_blocks(mark, {}, cut).empty());
  }
}

TEST_CASE("An unclosed quote is the same error through blocks", "[csv][block_cutter]") {
  const std::string text = "1,a,b\n2,\"x\n3,c,d\n4,e,f\n";
  for (const std::size_t block_bytes : {1U, 8U, 1000U}) {
    CHECK(in_blocks(text, {}, {.block_bytes = block_bytes}) == sequential(text, {}));
  }
}

/// Mostly quotes and delimiters.
std::string random_quotes(std::uint64_t seed) {
  constexpr std::array<const char*, 10> kPieces = {
      "\"", "\"", "\"\"", "\n", "\n", ",", ",", "x", "\r\n", "1,a,b\n"};
  std::mt19937_64 random(seed);
  std::string text;
  for (int i = 0; i < 60; ++i) {
    text += kPieces[random() % kPieces.size()];
  }
  return text;
}

TEST_CASE("Rows among stray quotes are the same through blocks of any size",
          "[csv][block_cutter]") {
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    const std::string text = random_quotes(seed);
    for (const std::size_t most : {std::size_t{9}, std::size_t{1000}}) {
      BadRows expected_bad;
      Options options;
      options.bad_rows = &expected_bad;
      options.max_quoted_bytes = most;
      const Rows expected = sequential(text, options);
      for (const std::size_t block_bytes : {1U, 5U, 17U, 1000U}) {
        const std::size_t step = seed % 2 == 0 ? 1 : std::string::npos;
        CAPTURE(seed, text, most, block_bytes);
        BadRows bad;
        options.bad_rows = &bad;
        CHECK(in_blocks(text, options, {.block_bytes = block_bytes, .step = step}) == expected);
        CHECK(bad.rows == expected_bad.rows);
        CHECK(bad.reasons == expected_bad.reasons);
      }
    }
    CAPTURE(seed, text);
    CHECK(in_blocks(text, {}, {.block_bytes = 1 + seed % 20}) == sequential(text, {}));
  }
}

TEST_CASE("Rows among stray quotes are the same with longer delimiters", "[csv][block_cutter]") {
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    std::string text;
    for (const char c : random_quotes(seed)) {
      text += c == ',' ? "--" : c == '\n' ? ";\n" : std::string(1, c);
    }
    BadRows expected_bad;
    Options options;
    options.field_delimiter = "--";
    options.row_delimiter = ";\n";
    options.max_quoted_bytes = 12;
    options.bad_rows = &expected_bad;
    const Rows expected = sequential(text, options);
    BadRows bad;
    options.bad_rows = &bad;
    CAPTURE(seed, text);
    CHECK(in_blocks(text, options, {.block_bytes = 1 + seed % 20}) == expected);
    CHECK(bad.rows == expected_bad.rows);
    CHECK(bad.reasons == expected_bad.reasons);
    options.bad_rows = nullptr;
    CHECK(in_blocks(text, options, {.block_bytes = 1 + seed % 20}) == sequential(text, options));
  }
}

TEST_CASE("Blocks have about the size that was asked for", "[csv][block_cutter]") {
  std::string text;
  for (int i = 0; i < 50'000; ++i) {
    text += "1234567,\"a\",b\n";
  }
  const auto cutter = take(BlockCutter::open(
      std::make_unique<StringSource>(text), take(table::parse_schema(kSchema)), {}, 100'000));
  Block block;
  std::string joined;
  while (take(cutter->next(block))) {
    CHECK(block.first_line == 1 + joined.size() / 14);
    joined += block.bytes.view();
    CHECK((joined.size() == text.size() || block.bytes.size() > 99'900));
    CHECK(block.bytes.size() <= 100'000);
    CHECK(block.bytes.capacity() < 250'000);
  }
  CHECK(joined == text);
}

/// Has its pieces, then fails; between them there is nothing to read.
class PieceSource final : public ByteSource {
 public:
  explicit PieceSource(std::deque<std::string>& pieces) : pieces_(pieces) {}

  Result<std::size_t> read(char* to, std::size_t size) override {
    if (pieces_.empty()) {
      return Error(ErrorCode::kInput, "disk on fire");
    }
    const std::size_t got = pieces_.front().copy(to, size);
    pieces_.pop_front();
    return got;
  }
  [[nodiscard]] const std::string& name() const override { return name_; }
  [[nodiscard]] bool ready() const override { return false; }

 private:
  std::deque<std::string>& pieces_;
  std::string name_ = "pipe";
};

TEST_CASE("A cutter of a pipe delivers whole rows before it waits or fails",
          "[csv][block_cutter]") {
  std::deque<std::string> pieces = {"1,a,b\n2,", "c,d\n3", ",e,f\n"};
  const auto cutter = take(BlockCutter::open(
      std::make_unique<PieceSource>(pieces), take(table::parse_schema(kSchema)), {}));
  Block block;
  REQUIRE(take(cutter->next(block)));
  CHECK(block.bytes.view() == "1,a,b\n");
  CHECK(cutter->would_wait());
  REQUIRE(take(cutter->next(block)));
  CHECK(block.bytes.view() == "2,c,d\n");
  REQUIRE(take(cutter->next(block)));
  CHECK(block.bytes.view() == "3,e,f\n");
  CHECK(block.first_line == 3);
  CHECK(failure(cutter->next(block), ErrorCode::kInput) == "disk on fire");
  CHECK(failure(cutter->next(block), ErrorCode::kInput) == "disk on fire");
}

}  // namespace
}  // namespace alinktf::csv
