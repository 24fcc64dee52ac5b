#include "sink/collector.hpp"

#include "formats/example/encoder.hpp"
#include "table/nested.hpp"
#include "unit/formats/columns/payload.hpp"
#include "unit/sink/rows.hpp"

#include <catch2/catch.hpp>

namespace alinktf::sink {
namespace {

using Catch::Contains;
using Texts = std::vector<std::string>;

/// Keeps the first cell of every row; fails at row `failing` (from 0).
class FakeOutput final : public Output {
 public:
  Result<void> append(std::span<const table::Cell> row) override {
    if (texts.size() == failing) {
      return Error(ErrorCode::kOutput, "disk full");
    }
    texts.emplace_back(row[0].null ? "null" : row[0].bytes());
    return {};
  }
  Result<void> finish() override { return {}; }

  Texts texts;
  std::size_t failing = 1000;
};

void append_record(std::string_view record, std::string& payload) {
  std::string length(sizeof(std::uint32_t), '\0');
  store_le(length.data(), static_cast<std::uint32_t>(record.size()));
  payload.append(length).append(record);
}

/// A chunk's payload: an Example with the feature "name" for each text.
std::string payload_of(const Texts& texts) {
  example::Encoder encoder(schema_of("name string"));
  std::string payload;
  for (const std::string& text : texts) {
    const table::Cell cell = text == "null" ? table::Cell::of_null() : table::Cell::of_bytes(text);
    Buffer record;
    take(encoder.append({&cell, 1}, record));
    append_record(record.view(), payload);
  }
  return payload;
}

chunk::Header header_of(std::string_view payload, std::uint32_t records) {
  return {.kind = chunk::Kind::kRecords,
          .payload_bytes = static_cast<std::uint32_t>(payload.size()),
          .records = records};
}

TEST_CASE("Records become rows in order and are counted", "[sink][collector]") {
  FakeOutput output;
  Collector collector(schema_of("name string"), output);
  const std::string one = payload_of({"a", "null"});
  const std::string two = payload_of({"c"});
  take(collector.add("chief:0", 1, header_of(one, 2), one));
  take(collector.add("worker:0", 1, header_of(two, 1), two));
  CHECK(output.texts == Texts{"a", "null", "c"});
  CHECK(collector.rows() == 3);
}

/// Keeps the values of vectors.
class VectorOutput final : public Output {
 public:
  Result<void> append(std::span<const table::Cell> row) override {
    const table::NestedView view(row[0].bytes());
    for (std::size_t i = 0; i < view.count(); ++i) {
      values.push_back(view.real(i));
    }
    return {};
  }
  Result<void> finish() override { return {}; }

  std::vector<double> values;
};

TEST_CASE("Lists of values become vectors", "[sink][collector]") {
  VectorOutput output;
  Collector collector(schema_of("v vector"), output);
  // Example {features {feature {key "v" value {float_list {value 0.5 value 2}}}}}
  const std::string_view example(
      "\x0A\x13\x0A\x11\x0A\x01v\x12\x0C\x12\x0A\x0A\x08\x00\x00\x00\x3F\x00\x00\x00\x40", 21);
  std::string payload;
  append_record(example, payload);
  take(collector.add("chief:0", 1, header_of(payload, 1), payload));
  CHECK(output.values == std::vector<double>{0.5, 2});
}

TEST_CASE("A chunk without records adds nothing", "[sink][collector]") {
  FakeOutput output;
  Collector collector(schema_of("name string"), output);
  take(collector.add("chief:0", 1, header_of("", 0), ""));
  CHECK(collector.rows() == 0);
}

TEST_CASE("A row that does not fit is told with its task and number", "[sink][collector]") {
  FakeOutput output;
  Collector collector(schema_of("name string"), output);
  std::string payload = payload_of({"a", "b"});
  append_record("no Example", payload);
  const auto added = collector.add("worker:1", 41, header_of(payload, 3), payload);
  CHECK_THAT(failure(added, ErrorCode::kWorker), Contains("worker:1: output row 43"));
  CHECK(output.texts == Texts{"a", "b"});
  CHECK(collector.rows() == 2);
}

TEST_CASE("A row without a column of the output is told with the column", "[sink][collector]") {
  FakeOutput output;
  Collector collector(schema_of("title string"), output);
  const std::string payload = payload_of({"a"});
  const auto added = collector.add("worker:0", 1, header_of(payload, 1), payload);
  CHECK_THAT(failure(added, ErrorCode::kWorker),
             Contains("worker:0: output row 1") && Contains("title") && Contains("name"));
}

TEST_CASE("Records that do not add up to their chunk are the worker's error", "[sink][collector]") {
  FakeOutput output;
  Collector collector(schema_of("name string"), output);
  const std::string payload = payload_of({"a", "b"});
  CHECK_FALSE(collector.add("worker:0", 1, header_of(payload, 3), payload).ok());
  const std::string cut = payload.substr(0, payload.size() - 1);
  CHECK_THAT(failure(collector.add("worker:0", 1, header_of(cut, 2), cut), ErrorCode::kWorker),
             Contains("worker:0"));
}

/// A chunk of the column "name", one text a row, as lib/worker/runtime/PROTOCOL.md has it.
chunk::Header columns_of(const std::vector<std::string>& texts, std::string& payload) {
  columns::Payload batch;
  batch.add("name", columns::Kind::kBytes, columns::packed_texts(texts));
  payload = batch.bytes();
  return {.kind = chunk::Kind::kColumns,
          .payload_bytes = static_cast<std::uint32_t>(payload.size()),
          .records = static_cast<std::uint32_t>(texts.size())};
}

TEST_CASE("Columns become rows in order and are counted with records", "[sink][collector]") {
  FakeOutput output;
  Collector collector(schema_of("name string"), output);
  std::string payload;
  const auto header = columns_of({"a", "b"}, payload);
  take(collector.add("chief:0", 1, header, payload));
  const std::string record = payload_of({"c"});
  take(collector.add("chief:0", 3, header_of(record, 1), record));
  take(collector.add("chief:0", 4, header, payload));
  CHECK(output.texts == Texts{"a", "b", "c", "a", "b"});
  CHECK(collector.rows() == 5);
}

TEST_CASE("A row of columns that does not fit is told with its task and number",
          "[sink][collector]") {
  FakeOutput output;
  Collector collector(schema_of("name byte"), output);
  columns::Payload batch;
  batch.add("name", columns::Kind::kInt64, columns::packed<std::int64_t>({1, 2, 300}), {1, 1, 0});
  const std::string payload = batch.bytes();
  const chunk::Header header{.kind = chunk::Kind::kColumns,
                             .payload_bytes = static_cast<std::uint32_t>(payload.size()),
                             .records = 3};
  CHECK_THAT(
      failure(collector.add("worker:1", 41, header, payload), ErrorCode::kWorker),
      Contains("worker:1: output row 43: column 'name' (TINYINT): found 300, expected -128"));
  CHECK(collector.rows() == 2);
}

TEST_CASE("Columns that are not there are told with the row that lacks them first",
          "[sink][collector]") {
  FakeOutput output;
  Collector collector(schema_of("title string"), output);
  std::string payload;
  const auto header = columns_of({"a", "b"}, payload);
  CHECK_THAT(failure(collector.add("worker:0", 7, header, payload), ErrorCode::kWorker),
             Contains("worker:0: output row 7: column 'title'") && Contains("'name'"));
}

TEST_CASE("An output that fails is not the worker's fault", "[sink][collector]") {
  FakeOutput output;
  output.failing = 1;
  Collector collector(schema_of("name string"), output);
  const std::string payload = payload_of({"a", "b"});
  const auto added = collector.add("worker:0", 1, header_of(payload, 2), payload);
  CHECK(failure(added, ErrorCode::kOutput) == "disk full");
  CHECK(collector.rows() == 1);
}

}  // namespace
}  // namespace alinktf::sink
