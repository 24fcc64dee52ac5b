#include "job/feed.hpp"

#include "unit/job/bell.hpp"

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

}  // namespace
}  // namespace alinktf::job
