#include "formats/example/table_reader.hpp"

#include "table/nested.hpp"
#include "unit/formats/example/framed.hpp"
#include "unit/formats/example/sample.hpp"
#include "unit/result.hpp"

#include <catch2/catch.hpp>

#include <vector>

namespace alinktf::example {
namespace {

using Catch::Contains;

table::Schema schema() {
  return take(table::parse_schema("id long, s string, t long_tensor"));
}

std::string record(std::int64_t id, const std::string& text) {
  return framed(Sample().ints("id", {id}).bytes("s", {text}).ints("t", {id, 1}).serialized());
}

/// The rows as "id:text:first of t", and the blocks' sizes.
struct Rows {
  std::vector<std::string> rows;
  std::vector<std::size_t> blocks;
};

Result<void> read_all(TableReader& reader, Rows& rows) {
  table::RowBlock block(reader.schema().size());
  while (true) {
    ALINKTF_TRY(reader.read(block));
    if (block.rows() == 0) {
      return {};
    }
    rows.blocks.push_back(block.rows());
    for (std::size_t i = 0; i < block.rows(); ++i) {
      const auto cells = block.row(i);
      rows.rows.push_back(std::to_string(cells[0].integer) + ":" + std::string(cells[1].bytes()) +
                          ":" + std::to_string(table::NestedView(cells[2].bytes()).integer(0)));
    }
  }
}

TEST_CASE("Records become rows whatever the pieces they come in", "[example][table_reader]") {
  const std::size_t step = GENERATE(as<std::size_t>(), 1, 1000, 10'000'000);
  std::string bytes;
  std::vector<std::string> expected;
  for (std::int64_t i = 0; i < 3000; ++i) {
    // Some records are larger than what is read at once, some texts have to be repaired.
    const std::string text(i == 1500 ? 400'000 : static_cast<std::size_t>(i % 90), 'x');
    bytes += record(i, i % 7 == 0 ? text + "\xFF" : text);
    expected.push_back(std::to_string(i) + ":" + text + (i % 7 == 0 ? "\xEF\xBF\xBD" : "") + ":" +
                       std::to_string(i));
  }
  TableReader reader(std::make_unique<StringSource>(bytes, "t.tfrecord", step), schema());
  Rows found;
  take(read_all(reader, found));
  const bool same = found.rows == expected;
  CHECK(same);
  CHECK(reader.rows_read() == 3000);
  CHECK(reader.skipped() == 0);
}

TEST_CASE("Blocks are filled from what is in memory", "[example][table_reader]") {
  std::string bytes;
  for (std::int64_t i = 0; i < 640; ++i) {
    bytes += record(i, "text");
  }
  TableReader reader(std::make_unique<StringSource>(bytes), schema());
  Rows found;
  take(read_all(reader, found));
  CHECK(found.blocks == std::vector<std::size_t>(10, table::RowBlock::kRows));
}

TEST_CASE("A bad record is an error behind the rows before it", "[example][table_reader]") {
  const std::string good = record(1, "a");
  const std::string bad =
      framed(Sample().ints("id", {2}).floats("s", {1}).ints("t", {1}).serialized());
  TableReader reader(std::make_unique<StringSource>(good + good + bad + good, "t.tfrecord"),
                     schema());
  Rows found;
  CHECK(
      failure(read_all(reader, found), ErrorCode::kInput) ==
      "t.tfrecord: record 2 at byte " + std::to_string(2 * good.size()) +
          ": column 's' (STRING): found a float_list, expected a bytes_list; declare another type "
          "in schemaStr");
  CHECK(found.rows.size() == 2);
  table::RowBlock block(3);
  CHECK_FALSE(reader.read(block).ok());
}

class Taker final : public table::BadRowTaker {
 public:
  Result<void> take(const table::BadRow& row) override {
    CHECK(row.source == "t.tfrecord");
    CHECK(row.text.empty());
    numbers.push_back(row.number);
    reasons.emplace_back(row.reason);
    if (numbers.size() == limit) {
      return Error(ErrorCode::kInput, "enough");
    }
    return {};
  }

  std::size_t limit = 0;
  std::vector<std::uint64_t> numbers;
  std::vector<std::string> reasons;
};

TEST_CASE("Bad records are handed to a taker", "[example][table_reader]") {
  const std::string bytes = framed("no Example") + record(1, "a") + framed("") + record(2, "b") +
                            framed(Sample().ints("id", {3}).serialized());
  Taker taker;
  TableReader reader(std::make_unique<StringSource>(bytes, "t.tfrecord"), schema(), &taker);
  Rows found;
  take(read_all(reader, found));
  CHECK(found.rows == std::vector<std::string>{"1:a:1", "2:b:2"});
  CHECK(taker.numbers == std::vector<std::uint64_t>{0, 2, 4});
  CHECK_THAT(taker.reasons[0], Contains("t.tfrecord: record 0 at byte 0: found 10 bytes"));
  CHECK_THAT(taker.reasons[2], Contains("column 's' (STRING): the Example has no such feature"));
  CHECK(reader.rows_read() == 2);
  CHECK(reader.skipped() == 3);
}

TEST_CASE("A taker may end the reading", "[example][table_reader]") {
  Taker taker;
  taker.limit = 2;
  TableReader reader(
      std::make_unique<StringSource>(framed("") + framed("") + record(1, "a"), "t.tfrecord"),
      schema(),
      &taker);
  Rows found;
  CHECK(failure(read_all(reader, found), ErrorCode::kInput) == "enough");
}

TEST_CASE("Damage to the file ends the reading even with a taker", "[example][table_reader]") {
  std::string bytes = record(1, "a") + record(2, "b");
  bytes.back() = static_cast<char>(bytes.back() ^ 1);
  Taker taker;
  TableReader reader(std::make_unique<StringSource>(bytes, "t.tfrecord"), schema(), &taker);
  Rows found;
  CHECK_THAT(failure(read_all(reader, found), ErrorCode::kInput),
             Contains("t.tfrecord: record 1 at byte") && Contains("CRC of the data"));
  CHECK(found.rows.size() == 1);
  CHECK(taker.numbers.empty());
}

TEST_CASE("Many bad records in a row are passed over", "[example][table_reader]") {
  std::string bytes;
  for (int i = 0; i < 20'000; ++i) {
    bytes += framed(Sample().ints("id", {1}).ints("t", {1, 2, 3}).serialized());
  }
  Taker taker;
  TableReader reader(
      std::make_unique<StringSource>(bytes + record(7, "z"), "t.tfrecord"), schema(), &taker);
  Rows found;
  take(read_all(reader, found));
  CHECK(found.rows == std::vector<std::string>{"7:z:7"});
  CHECK(reader.skipped() == 20'000);
}

}  // namespace
}  // namespace alinktf::example
