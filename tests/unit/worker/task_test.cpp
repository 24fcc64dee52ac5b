#include "worker/task.hpp"

#include "unit/worker/stage.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include <csignal>

#include <sys/wait.h>

namespace alinktf::worker {
namespace {

using Catch::Contains;

Buffer chunk_of(std::string_view payload, std::uint32_t records = 1) {
  Buffer chunk;
  chunk::store_header(chunk.reserve(chunk::kHeaderBytes),
                      {.kind = chunk::Kind::kRecords,
                       .payload_bytes = static_cast<std::uint32_t>(payload.size()),
                       .records = records});
  chunk.commit(chunk::kHeaderBytes);
  chunk.append(payload);
  return chunk;
}

Buffer end_of(std::uint64_t total) {
  Buffer chunk;
  chunk::append_end(chunk, total);
  return chunk;
}

/// A shell command that prints `bytes`, whatever they are.
std::string print(const Buffer& bytes) {
  std::string command = "printf '";
  for (const char c : bytes.view()) {
    command += fmt::format("\\{:03o}", static_cast<unsigned char>(c));
  }
  return command + "'";
}

constexpr const char* kHello = R"(echo '{"type": "hello"}' >&5; )";
constexpr const char* kWait = "read line <&5; ";

TEST_CASE("What a task is fed arrives whole and in order", "[worker][task]") {
  Stage stage("cat <&3 >&4");
  Texts fed;
  stage.on_hunger = [&] {
    if (fed.size() == 60) {
      stage.task().feed_last(end_of(120));
      return;
    }
    fed.push_back(std::string(70'000, static_cast<char>('0' + fed.size())));
    stage.task().feed(chunk_of(fed.back(), 2), 2);
  };
  CHECK(stage.task().hungry());
  stage.on_hunger();
  stage.run_to_end();
  CHECK(stage.results == fed);
  CHECK(stage.hungry == 60);  // once for each chunk that is in the pipe
  CHECK(stage.task().results_end() == 120);
  CHECK_FALSE(stage.task().hungry());
  CHECK_FALSE(stage.task().feed_refused());
  const TaskCounts& counts = stage.task().counts();
  CHECK(counts.records_fed == 120);
  CHECK(counts.records_received == 120);
  CHECK(counts.bytes_fed == counts.bytes_received);
  CHECK(counts.bytes_fed == 60 * (70'000 + chunk::kHeaderBytes) + chunk::kHeaderBytes + 8);
  CHECK(stage.task().exit_status()->success());
}

TEST_CASE("The storage of a chunk that was sent can be filled again", "[worker][task]") {
  Stage stage("cat <&3 >/dev/null");
  Buffer chunk = chunk_of("abc");
  const char* storage = chunk.data();
  stage.task().feed(std::move(chunk), 1);
  stage.run_until([&] { return stage.hungry > 0; });
  const Buffer spare = stage.task().take_spare();
  CHECK(spare.data() == storage);
  CHECK(spare.empty());
}

TEST_CASE("A task that closes its feed is fed no more", "[worker][task]") {
  Stage stage(std::string("exec 3<&-; ") + kHello + kWait);
  stage.run_until([&] { return stage.task().feed_refused(); });
  CHECK_FALSE(stage.task().hungry());
  stage.task().feed_last(end_of(0));  // goes nowhere
  stage.run_until_message("hello");
  stage.task().send(line_of("all_done"));
  stage.run_to_end();
  CHECK(stage.task().exit_status()->success());
  CHECK(stage.task().counts().bytes_fed == 0);
}

TEST_CASE("A chunk that a task leaves half read does not count as fed", "[worker][task]") {
  Stage stage(std::string("head -c 1000 <&3 >/dev/null; exec 3<&-; ") + kWait);
  stage.task().feed(chunk_of(std::string(4U << 20U, 'x'), 7), 7);
  stage.run_until([&] { return stage.task().feed_refused(); });
  CHECK(stage.task().counts().records_fed == 0);
  stage.task().send(line_of("all_done"));
  stage.run_to_end();
  CHECK(stage.hungry == 0);
}

TEST_CASE("Bytes on descriptor 4 that are no chunks are told once", "[worker][task]") {
  Stage stage("echo a line that is no chunk >&4; echo another one >&4; exit 0");
  stage.run_to_end();
  REQUIRE(stage.protocol_errors.size() == 1);
  CHECK_THAT(stage.protocol_errors[0], Contains("descriptor 4"));
  CHECK(stage.results.empty());
  CHECK_FALSE(stage.task().results_end().has_value());
}

TEST_CASE("A task that closes descriptor 4 without an end and goes on has broken the contract",
          "[worker][task]") {
  Stage stage(std::string("exec 4>&-; ") + kHello + kWait);
  stage.run_until([&] { return !stage.protocol_errors.empty(); });
  CHECK_THAT(stage.protocol_errors[0], Contains("closed its results before their end"));
  stage.task().send(line_of("all_done"));
  stage.run_to_end();
  CHECK(stage.protocol_errors.size() == 1);
}

TEST_CASE("A task that ends without an end of its results has not closed them", "[worker][task]") {
  Stage stage("kill -9 $$");
  stage.run_to_end();
  bool late = false;
  stage.loop().call_after(std::chrono::milliseconds(700), [&late] { late = true; });
  stage.run_until([&late] { return late; });
  CHECK(stage.protocol_errors.empty());
}

TEST_CASE("A line on descriptor 5 that is no message is told", "[worker][task]") {
  Stage stage(std::string("echo oops >&5; ") + kHello);
  stage.run_to_end();
  REQUIRE(stage.protocol_errors.size() == 1);
  CHECK_THAT(stage.protocol_errors[0], Contains("'oops'"));
  CHECK(stage.messages == Texts{"hello"});
}

TEST_CASE("Everything written before the end is handed on before it is told", "[worker][task]") {
  Buffer header = chunk_of("");
  store_le(header.data() + 4, std::uint32_t{300'000});
  Stage stage(print(header) + " >&4; head -c 300000 /dev/zero >&4; " + print(end_of(1)) +
              " >&4; i=0; while [ $i -lt 500 ]; do i=$((i+1)); echo line $i; done; " + kHello +
              "echo last >&2; exit 3");
  stage.run_to_end();
  CHECK(stage.results == Texts{std::string(300'000, '\0')});
  CHECK(stage.task().results_end() == 1);
  REQUIRE(stage.out.size() == 500);
  CHECK(stage.out.back() == "line 500");
  CHECK(stage.err == Texts{"last"});
  CHECK(stage.messages == Texts{"hello"});
  CHECK(stage.task().exit_status()->code == 3);
  CHECK_FALSE(stage.anything_after_end);
}

TEST_CASE("What came before the end stays in order though nobody served the loop",
          "[worker][task]") {
  Stage stage("echo a; echo b >&2; printf c; exit 0");
  // The process has ended before the loop looks at anything.
  siginfo_t info{};
  REQUIRE(::waitid(P_PID, static_cast<id_t>(stage.task().pid()), &info, WEXITED | WNOWAIT) == 0);
  stage.run_to_end();
  CHECK(stage.out == Texts{"a", "c"});
  CHECK(stage.err == Texts{"b"});
  CHECK_FALSE(stage.anything_after_end);
}

TEST_CASE("An end chunk that is missing is known to be missing", "[worker][task]") {
  Stage stage(print(chunk_of("abc")) + " >&4");
  stage.run_to_end();
  CHECK(stage.results == Texts{"abc"});
  CHECK_FALSE(stage.task().results_end().has_value());
}

TEST_CASE("A stray that holds the pipes does not delay the end", "[worker][task]") {
  Stage stage("setsid sleep 600 & echo $!; exit 0");
  stage.run_to_end();
  REQUIRE(stage.out.size() == 1);
  const auto stray = static_cast<pid_t>(std::stol(stage.out[0]));
  CHECK(::kill(stray, SIGKILL) == 0);  // it was still alive
}

TEST_CASE("Messages longer than the socket's buffer arrive", "[worker][task]") {
  Stage stage("head -c 600000 <&5 | cksum");
  Stage twin(
      "i=0; while [ $i -lt 60 ]; do i=$((i+1)); head -c 9999 /dev/zero | tr '\\0' x; echo; "
      "done | cksum");
  for (int i = 0; i < 60; ++i) {
    stage.task().send(std::string(9'999, 'x') + "\n");
  }
  stage.run_to_end();
  twin.run_to_end();
  CHECK(stage.out == twin.out);
}

TEST_CASE("A conversation goes both ways", "[worker][task]") {
  Stage stage(std::string(kHello) + R"(read a <&5; read b <&5; echo "$b $a"; )" +
              R"(echo '{"type": "done"}' >&5)");
  stage.run_until_message("hello");
  stage.task().send("one\n");
  stage.task().send("two\n");
  stage.run_to_end();
  CHECK(stage.out == Texts{"two one"});
  CHECK(stage.messages == Texts{"hello", "done"});
  stage.task().send("nobody listens\n");  // and nothing happens
}

TEST_CASE("Paused results wait in their pipe", "[worker][task]") {
  Stage stage(print(chunk_of("abc")) + " >&4; " + kHello + kWait);
  stage.task().pause_results(true);
  stage.run_until_message("hello");
  CHECK(stage.results.empty());
  stage.task().pause_results(false);
  stage.run_until([&] { return !stage.results.empty(); });
  CHECK(stage.results == Texts{"abc"});
  stage.task().send(line_of("all_done"));
  stage.run_to_end();
}

TEST_CASE("A task that a signal ends says which", "[worker][task]") {
  Stage stage("kill -SEGV $$");
  stage.run_to_end();
  CHECK(stage.task().exit_status()->signal == SIGSEGV);
}

TEST_CASE("A task can be asked to end", "[worker][task]") {
  Stage stage(std::string(kHello) + "exec sleep 600");
  CHECK_FALSE(stage.task().exit_status().has_value());
  stage.run_until_message("hello");
  stage.task().terminate();
  stage.run_to_end();
  CHECK(stage.task().exit_status()->signal == SIGTERM);
}

TEST_CASE("A task that is dropped while it runs leaves the loop in order", "[worker][task]") {
  Stage stage(std::string(kHello) + "while :; do echo noise; done");
  stage.run_until_message("hello");
  const pid_t pid = stage.task().pid();
  stage.drop_task();
  CHECK(::kill(pid, 0) != 0);
  bool served = false;
  stage.loop().call_after(std::chrono::seconds(0), [&] { served = true; });
  stage.run_until([&] { return served; });
}

TEST_CASE("A program that is not there is an error that names it", "[worker][task]") {
  class Nobody final : public TaskObserver {
    void on_message(Task& /*task*/, const Message& /*message*/) override {}
    void on_results(Task& /*task*/,
                    const chunk::Header& /*header*/,
                    std::string_view /*payload*/) override {}
    void on_hungry(Task& /*task*/) override {}
    void on_log_line(Task& /*task*/, LogStream /*stream*/, std::string_view /*line*/) override {}
    void on_protocol_error(Task& /*task*/, const Error& /*error*/) override {}
    void on_ended(Task& /*task*/) override {}
  } nobody;
  const auto loop = take(sys::EventLoop::create());
  const auto task = Task::start(*loop, nobody, {.id = {}, .argv = {"/none/python"}, .env = {}});
  REQUIRE_FALSE(task.ok());
  CHECK_THAT(task.error().str(), Contains("/none/python"));
}

}  // namespace
}  // namespace alinktf::worker
