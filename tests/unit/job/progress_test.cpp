#include "job/progress.hpp"

#include "log/log.hpp"
#include "unit/log/stderr_of.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>

namespace alinktf::job {
namespace {

using std::chrono::duration;

TEST_CASE("A line tells rows, bytes, rate and every task's state", "[job][progress]") {
  ProgressFacts facts{.rows_in = 1'234'567, .bytes_in = 250'000'000, .rows_out = 300};
  facts.tasks = {{.name = "chief:0", .state = "running"}, {.name = "ps:0", .state = "ready"}};
  CHECK(progress_line(facts, duration<double>(12.6), 98'000) ==
        "13 s  1.23 M rows in (250 MB, 98.0 k/s)  300 rows out  chief:0 running  ps:0 ready");
}

TEST_CASE("Where the end of the input is known the time left is told", "[job][progress]") {
  ProgressFacts facts{.rows_in = 10, .bytes_in = 2000, .share = 0.25};
  CHECK(progress_line(facts, duration<double>(10), 1) ==
        "10 s  10 rows in (2.00 kB, 1/s, 25 %, 30 s left)  0 rows out");
  facts.share = 1;
  CHECK(progress_line(facts, duration<double>(600), 1) ==
        "10 min  10 rows in (2.00 kB, 1/s, 100 %)  0 rows out");
}

TEST_CASE("Tasks in the same state share a word and those that follow a name", "[job][progress]") {
  ProgressFacts facts;
  facts.tasks.push_back({.name = "chief:0", .state = "running"});
  for (int i = 0; i < 12; ++i) {
    facts.tasks.push_back(
        {.name = fmt::format("worker:{}", i), .state = i == 2 ? "done" : "running"});
  }
  facts.tasks.push_back({.name = "ps:0", .state = "running"});
  CHECK(progress_line(facts, duration<double>(9000), 0) ==
        "2 h 30 min  0 rows in (0 B, 0/s)  0 rows out  chief:0, worker:0-1, worker:3-11, ps:0 "
        "running  "
        "worker:2 done");
}

TEST_CASE("Without a terminal a status line is a message after each interval", "[job][progress]") {
  constexpr std::chrono::milliseconds kInterval{3};
  const auto loop = take(sys::EventLoop::create());
  std::uint64_t asked = 0;
  const auto began = sys::EventLoop::Clock::now();
  const std::string text = log::stderr_of([&] {
    log::init(log::Level::kInfo);
    const Progress progress(
        *loop, [&] { return ProgressFacts{.rows_in = 100 + asked++}; }, kInterval);
    take(loop->run([&] { return asked == 3; }));
  });
  CHECK(sys::EventLoop::Clock::now() - began >= 3 * kInterval);
  CHECK_THAT(
      text,
      Catch::Matches("([^ ]+ info \\d+ s  10[012] rows in \\(0 B, [^)]+\\)  0 rows out\n){3}"));
}

TEST_CASE("The interval is 30 seconds if nothing else is said", "[job][progress]") {
  const auto loop = take(sys::EventLoop::create());
  constexpr std::chrono::seconds kMargin{15};  // for a busy machine
  bool asked = false;
  const std::string text = log::stderr_of([&] {
    log::init(log::Level::kInfo);
    const Progress progress(*loop, [&] {
      asked = true;
      return ProgressFacts{};
    });
    bool over = false;
    loop->call_after(std::chrono::milliseconds(1), [&] { over = true; });
    loop->shift_deadlines(kMargin - Progress::kMessageInterval);
    take(loop->run([&] { return over; }));
    CHECK_FALSE(asked);
    loop->shift_deadlines(-kMargin);
    take(loop->run([&] { return asked; }));
  });
  CHECK(Progress::kMessageInterval == std::chrono::seconds(30));
  CHECK_THAT(text, Catch::Matches("[^ ]+ info \\d+ s  0 rows in .*\n"));
}

}  // namespace
}  // namespace alinktf::job
