#include "job/sink_stage.hpp"

#include "formats/example/encoder.hpp"
#include "unit/job/bell.hpp"
#include "unit/result.hpp"

#include <catch2/catch.hpp>

#include <future>
#include <vector>

namespace alinktf::job {
namespace {

using Catch::Contains;

const table::Schema& schema() {
  static const table::Schema text = take(table::parse_schema("text string"));
  return text;
}

/// What an Output was told; outlives it.
struct Written {
  std::vector<std::string> rows;
  bool finished = false;
  std::optional<Error> failure;     ///< what append() says
  std::shared_future<void> opened;  ///< append() waits for it, if it is set
};

class FakeOutput final : public sink::Output {
 public:
  explicit FakeOutput(Written& written) : written_(written) {}

  Result<void> append(std::span<const table::Cell> row) override {
    if (written_.opened.valid()) {
      written_.opened.wait();
    }
    if (written_.failure) {
      return *written_.failure;
    }
    written_.rows.emplace_back(row[0].bytes());
    return {};
  }
  Result<void> finish() override {
    written_.finished = true;
    return {};
  }

 private:
  Written& written_;
};

/// Hand over a chunk of one row.
void add(SinkStage& sink, std::string_view text, std::uint64_t row = 1) {
  const table::Cell cell = table::Cell::of_bytes(text);
  Buffer example;
  take(example::Encoder(schema()).append({&cell, 1}, example));
  Buffer payload;
  store_le(payload.reserve(4), static_cast<std::uint32_t>(example.size()));
  payload.commit(4);
  payload.append(example.view());
  sink.add("worker:0",
           row,
           {.kind = chunk::Kind::kRecords,
            .payload_bytes = static_cast<std::uint32_t>(payload.size()),
            .records = 1},
           payload.view());
}

void add_garbage(SinkStage& sink, std::uint64_t row) {
  const std::string_view payload("\x02\0\0\0??", 6);
  sink.add(
      "worker:0", row, {.kind = chunk::Kind::kRecords, .payload_bytes = 6, .records = 1}, payload);
}

TEST_CASE("Rows are written in order and counted", "[job][sink]") {
  Written written;
  SinkStage sink(schema(), std::make_unique<FakeOutput>(written), [] {});
  add(sink, "before the start");
  sink.start();
  add(sink, "a");
  add(sink, "b");
  CHECK(take(sink.drain()) == 3);
  CHECK(written.rows == std::vector<std::string>{"before the start", "a", "b"});
  CHECK_FALSE(written.finished);
  take(sink.commit());
  CHECK(written.finished);
}

TEST_CASE("A sink without results drains to nothing", "[job][sink]") {
  Written written;
  SinkStage sink(schema(), std::make_unique<FakeOutput>(written), [] {});
  sink.start();
  CHECK(take(sink.drain()) == 0);
}

TEST_CASE("A sink that is given up never commits", "[job][sink]") {
  Written written;
  {
    SinkStage sink(schema(), std::make_unique<FakeOutput>(written), [] {});
    sink.start();
    add(sink, "a");
  }
  CHECK_FALSE(written.finished);
}

TEST_CASE("A bad row surfaces with its place and later chunks are dropped", "[job][sink]") {
  Written written;
  Bell bell;
  SinkStage sink(schema(), std::make_unique<FakeOutput>(written), [&] { bell.ring(); });
  add(sink, "a", 1);
  add_garbage(sink, 2);
  add(sink, "c", 3);
  sink.start();
  bell.wait_until([&] { return sink.error().has_value(); });
  CHECK_THAT(sink.error()->str(), Contains("worker:0: output row 2"));
  CHECK(sink.error()->code() == ErrorCode::kWorker);
  add(sink, "d", 4);
  CHECK_FALSE(sink.full());
  CHECK_THAT(failure(sink.drain(), ErrorCode::kWorker), Contains("output row 2"));
  CHECK(written.rows == std::vector<std::string>{"a"});
}

TEST_CASE("An output that cannot be written is the sink's error", "[job][sink]") {
  Written written;
  written.failure = Error(ErrorCode::kOutput, "disk full");
  Bell bell;
  SinkStage sink(schema(), std::make_unique<FakeOutput>(written), [&] { bell.ring(); });
  sink.start();
  add(sink, "a");
  bell.wait_for(1);
  CHECK(failure(sink.drain(), ErrorCode::kOutput) == "disk full");
}

TEST_CASE("A sink is full until it has written and then says so", "[job][sink]") {
  Written written;
  std::promise<void> open;
  written.opened = open.get_future().share();
  Bell bell;
  SinkStage sink(schema(), std::make_unique<FakeOutput>(written), [&] { bell.ring(); });
  sink.start();
  int chunks = 0;
  while (!sink.full()) {
    add(sink, std::string(256U << 10U, 'x'));
    REQUIRE(++chunks <= 100);
  }
  CHECK(chunks >= 8);  // a few MiB may wait
  open.set_value();
  bell.wait_until([&] { return !sink.full(); });
  CHECK(take(sink.drain()) == static_cast<std::uint64_t>(chunks));
}

}  // namespace
}  // namespace alinktf::job
