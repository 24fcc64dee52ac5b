#include "job/causes.hpp"

#include <catch2/catch.hpp>

namespace alinktf::job {
namespace {

using std::chrono::seconds;

/// A cause `second` seconds after the start.
Cause cause(int second, std::string text) {
  return {.at = Cause::Clock::time_point(seconds(second)),
          .error = Error(ErrorCode::kWorker, std::move(text))};
}

std::string first(const Causes& causes) {
  return causes.first() ? causes.first()->error.str() : "none";
}

TEST_CASE("A job without failures has no cause", "[job][causes]") {
  CHECK(first(Causes()) == "none");
}

TEST_CASE("The earliest cause wins in whatever order causes become known", "[job][causes]") {
  Causes causes;
  CHECK(causes.add(cause(5, "peer gone")));
  CHECK_FALSE(causes.add(cause(6, "peer gone too")));
  CHECK(causes.add(cause(3, "division by zero")));
  CHECK_FALSE(causes.add(cause(4, "late")));
  CHECK(first(causes) == "division by zero");
}

TEST_CASE("Of two causes at one time the first told stays", "[job][causes]") {
  Causes causes;
  causes.add(cause(5, "one"));
  CHECK_FALSE(causes.add(cause(5, "other")));
  CHECK(first(causes) == "one");
}

TEST_CASE("A task that was killed is the cause of one that exited while it was dying",
          "[job][causes]") {
  Causes causes;
  Cause exited = cause(5, "exit status 4");
  exited.kind = Cause::Kind::kExited;
  causes.add(exited);
  causes.stopping(Cause::Clock::time_point(seconds(8)));
  Cause killed = cause(6, "killed");
  killed.kind = Cause::Kind::kKilled;
  CHECK(causes.add(killed));
  CHECK_FALSE(causes.add(exited));
  exited.at = Cause::Clock::time_point(seconds(4));
  CHECK_FALSE(causes.add(exited));
  CHECK(first(causes) == "killed");
  killed.at = Cause::Clock::time_point(seconds(9));
  killed.error = Error(ErrorCode::kWorker, "killed by us");
  CHECK_FALSE(causes.add(killed));
}

TEST_CASE("After the stop only what happened before it counts", "[job][causes]") {
  Causes causes;
  causes.stopping(Cause::Clock::time_point(seconds(10)));
  CHECK_FALSE(causes.add(cause(10, "killed by us")));
  CHECK_FALSE(causes.add(cause(11, "killed by us")));
  CHECK(first(causes) == "none");
  CHECK(causes.add(cause(9, "the real one")));
  CHECK(first(causes) == "the real one");
}

TEST_CASE("The first stop counts", "[job][causes]") {
  Causes causes;
  causes.stopping(Cause::Clock::time_point(seconds(10)));
  causes.stopping(Cause::Clock::time_point(seconds(20)));
  CHECK_FALSE(causes.add(cause(15, "killed by us")));
}

TEST_CASE("A task's failure is told with traceback and log and rows", "[job][causes]") {
  LogTail log;
  log.add("reading");
  log.add("");
  log.add("epoch 1");
  Cause failure = cause(1, "script failed (main): ValueError: no rows");
  failure.traceback = "Traceback:\n  File \"train.py\", line 3\nValueError: no rows\n";
  const Error error =
      tell(failure, {.name = "worker:0", .pid = 4711, .rows_in = 120, .rows_out = 7, .log = &log});
  CHECK(error.code() == ErrorCode::kWorker);
  CHECK(error.str() ==
        "worker:0 (pid 4711): script failed (main): ValueError: no rows\n"
        "  traceback:\n"
        "    Traceback:\n"
        "      File \"train.py\", line 3\n"
        "    ValueError: no rows\n"
        "  last log lines of worker:0:\n"
        "    reading\n"
        "    \n"
        "    epoch 1\n"
        "  rows so far: 120 in, 7 out");
}

TEST_CASE("A traceback that the log ends with is told once", "[job][causes]") {
  LogTail log;
  log.add("epoch 1");
  log.add("Traceback:");
  log.add("KeyError: 'a'");
  Cause failure = cause(1, "script failed");
  failure.traceback = "Traceback:\nKeyError: 'a'\n";
  CHECK(tell(failure, {.name = "chief:0", .pid = 1, .log = &log}).str() ==
        "chief:0 (pid 1): script failed\n"
        "  traceback:\n"
        "    Traceback:\n"
        "    KeyError: 'a'\n"
        "  last log lines of chief:0:\n"
        "    epoch 1\n"
        "  rows so far: 0 in, 0 out");
}

TEST_CASE("A log tail keeps the last lines and the start of a long one", "[job][causes]") {
  LogTail log;
  for (std::size_t i = 0; i < LogTail::kLines + 5; ++i) {
    log.add(std::to_string(i));
  }
  CHECK(log.lines().size() == LogTail::kLines);
  CHECK(log.lines().front() == "5");
  CHECK(log.lines().back() == "24");
  log.add(std::string(100'000, 'x'));
  CHECK(log.lines().back().size() == 2000);
}

}  // namespace
}  // namespace alinktf::job
