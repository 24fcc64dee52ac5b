#include "job/feed.hpp"

#include "formats/chunk/chunk.hpp"
#include "unit/job/bell.hpp"
#include "unit/sys/scratch.hpp"

#include <catch2/catch.hpp>

#include <atomic>
#include <future>
#include <thread>

namespace alinktf::job {
namespace {

Buffer chunk_of(std::string_view text) {
  Buffer chunk;
  chunk.append(text);
  return chunk;
}

bool give(Feed& feed, std::size_t worker, std::string_view text, std::uint32_t records = 1) {
  return feed.take(worker, chunk_of(text), records);
}

std::string text_of(const std::optional<FeedItem>& item) {
  return item ? std::string(item->chunk.view()) : "none";
}

TEST_CASE("Chunks reach their worker in order with their records", "[job][feed]") {
  Feed feed(2, [] {});
  CHECK(give(feed, 0, "a", 3));
  CHECK(give(feed, 1, "b"));
  CHECK(give(feed, 0, "c"));
  CHECK(feed.waiting(0));
  const auto first = feed.pop(0);
  CHECK(text_of(first) == "a");
  CHECK(first->records == 3);
  CHECK(text_of(feed.pop(0)) == "c");
  CHECK_FALSE(feed.waiting(0));
  CHECK(text_of(feed.pop(0)) == "none");
  CHECK(text_of(feed.pop(1)) == "b");
}

TEST_CASE("Every chunk and the result wake the pump", "[job][feed]") {
  int wakes = 0;
  Feed feed(1, [&] { ++wakes; });
  give(feed, 0, "a");
  CHECK(wakes == 1);
  CHECK_FALSE(feed.result().has_value());
  feed.finish(FeedTotals{.read = {.read = 7}, .split = {}});
  CHECK(wakes == 2);
  REQUIRE(feed.result().has_value());
  CHECK(feed.result()->value().read.read == 7);
}

TEST_CASE("The source's error is its result", "[job][feed]") {
  Feed feed(1, [] {});
  feed.finish(Error(ErrorCode::kInput, "line 3 is bad"));
  REQUIRE(feed.result().has_value());
  CHECK(feed.result()->error().str() == "line 3 is bad");
}

TEST_CASE("The producer is never more than the depth ahead", "[job][feed]") {
  constexpr int kChunks = 500;
  Bell bell;
  Feed feed(1, [&] { bell.ring(); });
  std::atomic<int> popped = 0;  // counted before each pop, so never too low
  std::atomic<int> most_ahead = 0;
  std::thread producer([&] {
    for (int given = 1; given <= kChunks; ++given) {
      if (!give(feed, 0, std::to_string(given))) {
        return;
      }
      most_ahead = std::max(most_ahead.load(), given - popped.load());
    }
  });
  bell.wait_for(static_cast<int>(Feed::kDepth));  // it is full now
  for (int expected = 1; expected <= kChunks; ++expected) {
    bell.wait_for(expected);
    ++popped;
    CHECK(text_of(feed.pop(0)) == std::to_string(expected));
  }
  producer.join();
  CHECK(most_ahead <= static_cast<int>(Feed::kDepth));
}

TEST_CASE("A full worker does not keep chunks from another", "[job][feed]") {
  Feed feed(2, [] {});
  for (std::size_t i = 0; i < Feed::kDepth; ++i) {
    CHECK(give(feed, 0, "a"));
  }
  CHECK(give(feed, 1, "b"));
  CHECK(text_of(feed.pop(1)) == "b");
}

TEST_CASE("Closing releases a producer that waits", "[job][feed]") {
  Bell bell;
  Feed feed(1, [&] { bell.ring(); });
  auto producer = std::async(std::launch::async, [&] {
    int given = 0;
    while (give(feed, 0, "a")) {
      ++given;
    }
    return given;
  });
  bell.wait_for(static_cast<int>(Feed::kDepth));
  feed.close();
  CHECK(producer.get() == static_cast<int>(Feed::kDepth));
  CHECK_FALSE(give(feed, 0, "b"));
}

TEST_CASE("A chunk's storage is used again", "[job][feed]") {
  Feed feed(1, [] {});
  CHECK(feed.spare().capacity() == 0);
  Buffer used = chunk_of("abc");
  const char* storage = used.data();
  feed.give_back(std::move(used));
  feed.give_back(Buffer());  // has none
  CHECK(feed.spare().data() == storage);
  CHECK(feed.spare().capacity() == 0);
}

TEST_CASE("Giant and surplus storage is not kept", "[job][feed]") {
  Feed feed(1, [] {});
  Buffer giant;
  giant.reserve(64U << 20U);
  feed.give_back(std::move(giant));
  CHECK(feed.spare().capacity() == 0);
  for (int i = 0; i < 10; ++i) {
    feed.give_back(chunk_of("abc"));
  }
  int kept = 0;
  while (feed.spare().capacity() > 0) {
    ++kept;
  }
  CHECK(kept == 2);
}

/// A chunk with a header, as files need it, of `bytes` in all.
Buffer large_chunk(std::size_t bytes, std::uint32_t number) {
  Buffer chunk;
  char* to = chunk.reserve(bytes);
  chunk::store_header(to,
                      {.kind = chunk::Kind::kTensorproto,
                       .payload_bytes = static_cast<std::uint32_t>(bytes - chunk::kHeaderBytes),
                       .records = number});
  std::fill(to + chunk::kHeaderBytes, to + bytes, static_cast<char>(number));
  chunk.commit(bytes);
  return chunk;
}

TEST_CASE("A worker that lags does not hold up a hungry one, and gets all in order",
          "[job][feed]") {
  const sys::Scratch scratch;
  Feed feed(
      2, [] {}, SpillSettings{.folder = scratch / ".", .limit = 64U << 20U});
  constexpr std::uint32_t kChunks = 40;  // 40 MiB: memory has room for 8
  constexpr std::size_t kBytes = 1U << 20U;
  for (std::uint32_t i = 1; i <= kChunks; ++i) {
    CHECK(text_of(feed.pop(1)) == "none");
    feed.set_hungry(1, true);
    REQUIRE(feed.take(0, large_chunk(kBytes, i), i));
  }
  CHECK(feed.waiting(0));
  for (std::uint32_t i = 1; i <= kChunks; ++i) {
    const auto item = feed.pop(0);
    REQUIRE(item);
    CHECK(item->records == i);
    CHECK(item->chunk.size() == kBytes);
    CHECK(item->chunk.view().back() == static_cast<char>(i));
  }
  CHECK_FALSE(feed.waiting(0));
}

TEST_CASE("The source waits for a worker that lags while no other is hungry", "[job][feed]") {
  const sys::Scratch scratch;
  Feed feed(
      2, [] {}, SpillSettings{.folder = scratch / ".", .limit = 64U << 20U});
  for (std::size_t i = 0; i < Feed::kDepth; ++i) {
    give(feed, 0, "x");
  }
  auto waiting = std::async(std::launch::async, [&] { return give(feed, 0, "late"); });
  CHECK(waiting.wait_for(std::chrono::milliseconds(50)) == std::future_status::timeout);
  feed.set_hungry(1, true);
  CHECK(waiting.get());
}

TEST_CASE("More than the limit is a failure that names the worker", "[job][feed]") {
  const sys::Scratch scratch;
  Feed feed(
      2, [] {}, SpillSettings{.folder = scratch / ".", .limit = 4U << 20U});
  feed.set_hungry(1, true);
  std::uint32_t given = 0;
  while (given < 100 && feed.take(0, large_chunk(1U << 20U, given), 1)) {
    ++given;
  }
  CHECK(given == 12);  // 8 in memory, 4 in the file
  REQUIRE(feed.failure());
  CHECK(feed.failure()->worker == 0);
  CHECK_THAT(feed.failure()->error.str(), Catch::Contains("spillLimit"));
}

}  // namespace
}  // namespace alinktf::job
