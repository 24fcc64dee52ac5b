// What happens where one piece of input ends and the next begins.
#include "formats/csv/reader.hpp"
#include "unit/formats/csv/rows.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include <deque>
#include <random>

namespace alinktf::csv {
namespace {

constexpr const char* kSchema = "i int, d double, s string, t timestamp, b boolean";

/// A table with every kind of field, and its rows.
std::string mixed_text(std::size_t rows, std::uint64_t seed) {
  constexpr std::array<const char*, 8> kTexts = {
      "plain", "", "\"\"", "\"a,b\"", "é日本", "\"x\ny\"", "\"q\"\"r\"", "\"\"\"\"x"};
  constexpr std::array<const char*, 4> kTimes = {
      "2021-01-02 03:04:05.5", "2021-1-2 3:4:5", "", "\"2021-01-02 03:04:05\""};
  constexpr std::array<const char*, 6> kNumbers = {
      "-0.7322467119749345", "1d", "", "\"2.5\"", "1e-300", "12345678901234567890"};
  std::mt19937_64 random(seed);
  std::string text;
  for (std::size_t i = 0; i < rows; ++i) {
    text += fmt::format("{},{},{},{},{}{}",
                        static_cast<std::int32_t>(random()),
                        kNumbers[random() % kNumbers.size()],
                        kTexts[random() % kTexts.size()],
                        kTimes[random() % kTimes.size()],
                        random() % 2 == 0 ? "true" : "0",
                        random() % 3 == 0 ? "\r\n" : "\n");
  }
  return text;
}

TEST_CASE("However the bytes arrive the rows are the same", "[csv][reader]") {
  const std::string text = mixed_text(200, 1);
  const Rows whole = rows_of(kSchema, text);
  REQUIRE(whole.size() == 200);
  const std::size_t step = GENERATE(1U, 2U, 3U, 7U, 64U, 1000U);
  CAPTURE(step);
  CHECK(rows_of(kSchema, text, {}, step) == whole);
}

TEST_CASE("Rows are the same across the ends of the buffer", "[csv][reader]") {
  const std::string text = mixed_text(20'000, 2);
  const Rows whole = rows_of(kSchema, text);
  REQUIRE(whole.size() == 20'000);
  CHECK(rows_of(kSchema, text, {}, 4096) == whole);
}

TEST_CASE("A field that is larger than the buffer is read whole", "[csv][reader]") {
  const std::string large(3'000'000, 'x');
  const Rows rows =
      rows_of("a string, b int, c string", large + ",1,\"" + large + "\"\"\"\nz,2,y\n", {}, 65'536);
  REQUIRE(rows.size() == 2);
  CHECK(rows[0] == std::vector<std::string>{"'" + large, "1", "'" + large + "\""});
  CHECK(rows[1] == std::vector<std::string>{"'z", "2", "'y"});
}

TEST_CASE("Texts of a block stay valid until the next read", "[csv][reader]") {
  std::string text;
  for (int i = 0; i < 5000; ++i) {
    text += fmt::format("\"{}\"\"\",2021-1-{}\n", i, i % 28 + 1);
  }
  const auto reader = take(open("s string, d date", text, {}, 500));
  table::RowBlock block(2);
  int row = 0;
  do {
    take(reader->read(block));
    for (std::size_t i = 0; i < block.rows(); ++i, ++row) {
      CHECK(block.row(i)[0].bytes() == fmt::format("{}\"", row));
      CHECK(block.row(i)[1].bytes() == fmt::format("2021-01-{:02}", row % 28 + 1));
    }
  } while (block.rows() != 0);
  CHECK(row == 5000);
}

/// Hands out the pieces it is given; between them there is nothing to read.
class PieceSource final : public ByteSource {
 public:
  explicit PieceSource(std::deque<std::string>& pieces) : pieces_(pieces) {}

  Result<std::size_t> read(char* to, std::size_t size) override {
    if (pieces_.empty()) {
      return 0;
    }
    REQUIRE(pieces_.front().size() <= size);
    const std::size_t got = pieces_.front().copy(to, size);
    pieces_.pop_front();
    return got;
  }
  [[nodiscard]] const std::string& name() const override { return name_; }
  [[nodiscard]] bool ready() const override { return !pieces_.empty(); }

 private:
  std::deque<std::string>& pieces_;
  std::string name_ = "pipe";
};

TEST_CASE("A reader of a pipe delivers what is there before it waits", "[csv][reader]") {
  std::deque<std::string> pieces = {"1,a\n2,", "b\n3", ",c\n"};
  const auto reader = take(Reader::open(
      std::make_unique<PieceSource>(pieces), take(table::parse_schema("a int, s string")), {}));
  table::RowBlock block(2);
  take(reader->read(block));
  CHECK(show(*reader, block) == Rows{{"1", "'a"}});
  CHECK_FALSE(reader->would_wait());
  take(reader->read(block));
  CHECK(show(*reader, block) == Rows{{"2", "'b"}});
  const std::string last = pieces.front();
  pieces.clear();
  CHECK(reader->would_wait());
  pieces.push_back(last);
  CHECK_FALSE(reader->would_wait());
  take(reader->read(block));
  CHECK(show(*reader, block) == Rows{{"3", "'c"}});
  take(reader->read(block));
  CHECK(block.rows() == 0);
  CHECK_FALSE(reader->would_wait());
}

TEST_CASE("A full block does not mean that the reader would wait", "[csv][reader]") {
  std::string text;
  for (int i = 0; i < 100; ++i) {
    text += "1\n";
  }
  std::deque<std::string> pieces = {text};
  const auto reader = take(
      Reader::open(std::make_unique<PieceSource>(pieces), take(table::parse_schema("a int")), {}));
  table::RowBlock block(1);
  take(reader->read(block));
  CHECK(block.full());
  CHECK_FALSE(reader->would_wait());
  take(reader->read(block));
  CHECK(block.rows() == 36);
  CHECK(reader->would_wait());
}

/// Fails after its bytes.
class BrokenSource final : public ByteSource {
 public:
  Result<std::size_t> read(char* to, std::size_t size) override {
    if (done_) {
      return Error(ErrorCode::kInput, "disk on fire");
    }
    done_ = true;
    return std::string_view("1\n2\n").copy(to, size);
  }
  [[nodiscard]] const std::string& name() const override { return name_; }

 private:
  bool done_ = false;
  std::string name_ = "broken.csv";
};

TEST_CASE("An error of the source comes after the rows before it", "[csv][reader]") {
  const auto reader =
      take(Reader::open(std::make_unique<BrokenSource>(), take(table::parse_schema("a int")), {}));
  Rows rows;
  CHECK_THAT(failure(read_all(*reader, rows), ErrorCode::kInput), Catch::Contains("disk on fire"));
  CHECK(rows == Rows{{"1"}, {"2"}});
}

}  // namespace
}  // namespace alinktf::csv
