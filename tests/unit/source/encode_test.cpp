#include "source/encode.hpp"

#include "unit/source/records.hpp"

#include <catch2/catch.hpp>

namespace alinktf::source {
namespace {

using Catch::Contains;

EncodeStream stream_of(std::unique_ptr<table::RowReader> rows) {
  return EncodeStream({.rows = std::move(rows),
                       .counts = [] { return ReadCounts{.read = 7}; },
                       .finish = [] { return Result<void>(); }});
}

TEST_CASE("Every row becomes a record, in order", "[source][encode]") {
  Rows expected;
  for (std::size_t i = 0; i < 3000; ++i) {
    expected.push_back({std::to_string(i), std::string(i % 977, 'x')});
  }
  auto stream = stream_of(table_of("n long, t string", expected));
  Rows rows;
  take(read_all(stream, "n long, t string", rows));
  CHECK(rows == expected);
  CHECK(stream.counts().read == 7);
}

TEST_CASE("A batch ends with the record that fills it", "[source][encode]") {
  auto stream = stream_of(table_of("t string", Rows(6, {std::string(100'000, 'x')})));
  std::vector<std::size_t> records;
  RecordBatch batch;
  do {
    take(stream.read(batch));
    records.push_back(batch.sizes.size());
  } while (!batch.empty());
  CHECK(records == std::vector<std::size_t>{3, 3, 0});
}

TEST_CASE("A batch holds no more than is there without waiting", "[source][encode]") {
  auto table = table_of("n long", numbered(5));
  table->give_at_once(2);
  auto stream = stream_of(std::move(table));
  RecordBatch batch;
  take(stream.read(batch));
  CHECK(batch.sizes.size() == 2);
  CHECK(stream.would_wait());
}

TEST_CASE("Rows that are read but not yet encoded do not wait", "[source][encode]") {
  auto table = table_of("t string", Rows(2, {std::string(300'000, 'x')}));
  table->give_at_once(2);
  auto stream = stream_of(std::move(table));
  RecordBatch batch;
  take(stream.read(batch));
  CHECK(batch.sizes.size() == 1);
  CHECK_FALSE(stream.would_wait());
}

TEST_CASE("An error comes behind the rows before it and stays", "[source][encode]") {
  auto table = table_of("n long", numbered(3));
  table->fail_with(Error(ErrorCode::kInput, "bad row"));
  auto stream = stream_of(std::move(table));
  Rows rows;
  CHECK_THAT(failure(read_all(stream, "n long", rows), ErrorCode::kInput), Contains("bad row"));
  CHECK(rows == numbered(3));
  RecordBatch batch;
  CHECK_FALSE(stream.read(batch).ok());
  CHECK(batch.empty());
}

TEST_CASE("A truncated batch keeps its first records", "[source][encode]") {
  auto stream = stream_of(table_of("n long", numbered(5)));
  RecordBatch batch;
  take(stream.read(batch));
  batch.truncate(2);
  CHECK(rows_in(batch, "n long") == numbered(2));
}

}  // namespace
}  // namespace alinktf::source
