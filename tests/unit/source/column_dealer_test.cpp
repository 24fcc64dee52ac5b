#include "source/column_dealer.hpp"

#include "formats/chunk/chunk.hpp"
#include "unit/source/rows.hpp"

#include <catch2/catch.hpp>

namespace alinktf::source {
namespace {

/// The numbers of each worker's chunks: "0: 1 2 | 3".
class Recorder final : public ChunkTaker {
 public:
  explicit Recorder(std::size_t workers) : told(workers) {}

  bool take(std::size_t worker, Buffer chunk, std::uint32_t records) override {
    CHECK(load_le<std::uint32_t>(chunk.data()) ==
          static_cast<std::uint32_t>(chunk::Kind::kColumns));
    CHECK(load_le<std::uint32_t>(chunk.data() + 4) == chunk.size() - chunk::kHeaderBytes);
    CHECK(load_le<std::uint32_t>(chunk.data() + 8) == records);
    told[worker] += told[worker].empty() ? "" : " |";
    for (std::uint32_t i = 0; i < records; ++i) {
      const char* const at = chunk.data() + chunk::kHeaderBytes + 4 + i * sizeof(std::int64_t);
      told[worker] += fmt::format(" {}", load_le<std::int64_t>(at));
    }
    return true;
  }
  Buffer spare() override { return {}; }

  std::vector<std::string> told;
};

Rows numbers(int first, int end) {
  Rows rows;
  for (; first < end; ++first) {
    rows.push_back({std::to_string(first)});
  }
  return rows;
}

void add(ColumnDealer& dealer, Rows rows) {
  FakeTable table("n long", std::move(rows));
  table::RowBlock block(1);
  take(table.read(block));
  REQUIRE(take(dealer.add(block)));
}

TEST_CASE("Row k goes to worker k mod W in batches of the asked size", "[source][columns]") {
  Recorder recorder(2);
  ColumnDealer dealer(schema_of("n long"), 2, 3, recorder);
  add(dealer, numbers(0, 5));
  add(dealer, numbers(5, 13));
  CHECK(recorder.told == std::vector<std::string>{" 0 2 4 | 6 8 10", " 1 3 5 | 7 9 11"});
  CHECK(dealer.flush());
  CHECK(dealer.finish());
  CHECK(recorder.told == std::vector<std::string>{" 0 2 4 | 6 8 10 | 12", " 1 3 5 | 7 9 11"});
  CHECK(dealer.counts().rows == 13);
  CHECK(dealer.counts().sent == std::vector<std::uint64_t>{7, 6});
}

TEST_CASE("Batches of any size go out at a flush", "[source][columns]") {
  Recorder recorder(2);
  ColumnDealer dealer(schema_of("n long"), 2, 0, recorder);
  add(dealer, numbers(0, 1));
  CHECK(dealer.flush());
  add(dealer, numbers(1, 4));
  CHECK(dealer.flush());
  CHECK(recorder.told == std::vector<std::string>{" 0 | 2", " 1 3"});
}

TEST_CASE("A row without a dense form is named by its number", "[source][columns]") {
  Recorder recorder(2);
  ColumnDealer dealer(schema_of("n long"), 2, 0, recorder);
  add(dealer, numbers(0, 3));
  FakeTable table("n long", {{"3"}, {"4"}, {"null"}});
  table::RowBlock block(1);
  take(table.read(block));
  const auto added = dealer.add(block);
  REQUIRE_FALSE(added.ok());
  CHECK_THAT(added.error().str(), Catch::StartsWith("row 6: column 'n'"));
}

}  // namespace
}  // namespace alinktf::source
