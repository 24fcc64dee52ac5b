#include "sys/event_loop.hpp"

#include "unit/result.hpp"

#include <catch2/catch.hpp>

#include <thread>
#include <vector>

#include <sys/epoll.h>
#include <unistd.h>

namespace alinktf::sys {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using Clock = EventLoop::Clock;

std::unique_ptr<EventLoop> make_loop() {
  return take(EventLoop::create());
}

/// A pipe with a byte in it.
Pipe ready_pipe() {
  Pipe pipe = take(Pipe::create());
  take(write_all(pipe.write.get(), "x"));
  return pipe;
}

char read_byte(int fd) {
  char byte = 0;
  REQUIRE(::read(fd, &byte, 1) == 1);
  return byte;
}

/// Serve what is due now, once.
void run_once(EventLoop& loop) {
  bool asked = false;
  loop.call_after(milliseconds(0), [] {});  // so that nothing is waited for
  take(loop.run([&] { return std::exchange(asked, true); }));
}

TEST_CASE("A handler is called while its descriptor is ready", "[sys][loop]") {
  const auto loop = make_loop();
  const Pipe pipe = ready_pipe();
  take(write_all(pipe.write.get(), "y"));
  std::string read;
  take(loop->watch(pipe.read.get(), EPOLLIN, [&](std::uint32_t events) {
    CHECK((events & EPOLLIN) != 0);
    read += read_byte(pipe.read.get());
  }));
  take(loop->run([&] { return read.size() == 2; }));
  CHECK(read == "xy");
}

TEST_CASE("A loop that is done waits for nothing", "[sys][loop]") {
  const auto loop = make_loop();
  take(loop->run([] { return true; }));
}

TEST_CASE("A handler may forget its own descriptor", "[sys][loop]") {
  const auto loop = make_loop();
  const Pipe pipe = ready_pipe();
  int calls = 0;
  take(loop->watch(pipe.read.get(), EPOLLIN, [&, note = std::string(100, 'x')](std::uint32_t) {
    loop->forget(pipe.read.get());
    calls += note == std::string(100, 'x') ? 1 : 100;  // what it holds is still alive
  }));
  run_once(*loop);
  run_once(*loop);
  CHECK(calls == 1);
}

TEST_CASE("A descriptor that was forgotten in the same round is not served", "[sys][loop]") {
  const auto loop = make_loop();
  const Pipe one = ready_pipe();
  const Pipe other = ready_pipe();
  int calls = 0;
  const auto forget_both = [&](std::uint32_t) {
    ++calls;
    loop->forget(one.read.get());
    loop->forget(other.read.get());
  };
  take(loop->watch(one.read.get(), EPOLLIN, forget_both));
  take(loop->watch(other.read.get(), EPOLLIN, forget_both));
  run_once(*loop);
  CHECK(calls == 1);
}

TEST_CASE("An event of a closed descriptor does not reach the next with its number",
          "[sys][loop]") {
  const auto loop = make_loop();
  Pipe one = ready_pipe();
  Pipe other = ready_pipe();
  const Pipe quiet = take(Pipe::create());
  int first_calls = 0;
  int late_calls = 0;
  // Whoever is served first closes the other and gives its number to a pipe with nothing in it.
  const auto replace = [&](Fd& victim) {
    ++first_calls;
    const int number = victim.get();
    loop->forget(number);
    REQUIRE(::dup2(quiet.read.get(), number) == number);
    take(loop->watch(number, EPOLLIN, [&](std::uint32_t) { ++late_calls; }));
  };
  take(loop->watch(one.read.get(), EPOLLIN, [&](std::uint32_t) {
    read_byte(one.read.get());
    replace(other.read);
  }));
  take(loop->watch(other.read.get(), EPOLLIN, [&](std::uint32_t) {
    read_byte(other.read.get());
    replace(one.read);
  }));
  run_once(*loop);
  CHECK(first_calls == 1);
  CHECK(late_calls == 0);
}

TEST_CASE("A handler may watch more descriptors", "[sys][loop]") {
  const auto loop = make_loop();
  const Pipe first = ready_pipe();
  std::vector<Pipe> more;
  for (int i = 0; i < 100; ++i) {  // enough that the table of watches is rebuilt
    more.push_back(ready_pipe());
  }
  std::size_t served = 0;
  take(loop->watch(first.read.get(), EPOLLIN, [&](std::uint32_t) {
    for (const Pipe& pipe : more) {
      take(loop->watch(pipe.read.get(), EPOLLIN, [&, fd = pipe.read.get()](std::uint32_t) {
        ++served;
        loop->forget(fd);
      }));
    }
    loop->forget(first.read.get());
  }));
  take(loop->run([&] { return served == more.size(); }));
  CHECK(served == 100);
}

TEST_CASE("A descriptor is served for the events asked for last", "[sys][loop]") {
  const auto loop = make_loop();
  const Pipe pipe = ready_pipe();
  int calls = 0;
  take(loop->watch(pipe.read.get(), 0, [&](std::uint32_t) { ++calls; }));
  run_once(*loop);
  CHECK(calls == 0);
  loop->change(pipe.read.get(), EPOLLIN);
  run_once(*loop);
  CHECK(calls == 1);
  loop->change(pipe.read.get(), 0);
  run_once(*loop);
  CHECK(calls == 1);
}

TEST_CASE("A descriptor that cannot be watched is an error", "[sys][loop]") {
  const auto loop = make_loop();
  CHECK_THAT(failure(loop->watch(-1, EPOLLIN, [](std::uint32_t) {}), ErrorCode::kInternal),
             Catch::Contains("epoll_ctl"));
  loop->forget(-1);  // nothing to forget
}

TEST_CASE("Deadlines are served in the order of their times", "[sys][loop]") {
  const auto loop = make_loop();
  const auto now = Clock::now();
  std::string order;
  loop->call_at(now + milliseconds(3), [&] { order += 'c'; });
  loop->call_at(now + milliseconds(1), [&] { order += 'a'; });
  loop->call_at(now + milliseconds(2), [&] { order += 'b'; });
  loop->call_at(now + milliseconds(3), [&] { order += 'd'; });
  take(loop->run([&] { return order.size() == 4; }));
  CHECK(order == "abcd");
  CHECK(Clock::now() >= now + milliseconds(3));
}

TEST_CASE("A cancelled deadline is never served", "[sys][loop]") {
  const auto loop = make_loop();
  std::string order;
  const auto now = Clock::now();
  EventLoop::TimerId later = 0;
  const auto before = loop->call_at(now, [&] { order += 'x'; });
  loop->call_at(now + milliseconds(1), [&] {
    order += 'a';
    loop->cancel(later);  // due in the same round
  });
  later = loop->call_at(now + milliseconds(1), [&] { order += 'x'; });
  loop->call_at(now + milliseconds(1), [&] { order += 'b'; });
  loop->cancel(before);
  loop->cancel(before);  // again does nothing
  take(loop->run([&] { return order.size() == 2; }));
  CHECK(order == "ab");
}

TEST_CASE("A deadline may set the next", "[sys][loop]") {
  const auto loop = make_loop();
  int rounds = 0;
  std::function<void()> again = [&] {
    if (++rounds < 5) {
      loop->call_after(milliseconds(0), again);
    }
  };
  loop->call_after(milliseconds(0), again);
  take(loop->run([&] { return rounds == 5; }));
  CHECK(rounds == 5);
}

TEST_CASE("Shifted deadlines keep their order and come later", "[sys][loop]") {
  const auto loop = make_loop();
  std::string order;
  loop->call_after(milliseconds(0), [&] { order += 'b'; });
  loop->call_after(milliseconds(1), [&] { order += 'c'; });
  loop->shift_deadlines(hours(1));
  run_once(*loop);
  CHECK(order.empty());
  loop->call_after(milliseconds(0), [&] { order += 'a'; });
  loop->shift_deadlines(-hours(1));
  take(loop->run([&] { return order.size() == 3; }));
  CHECK(order == "abc");
}

TEST_CASE("Another thread can wake the loop", "[sys][loop]") {
  const auto loop = make_loop();
  const auto loop_thread = std::this_thread::get_id();
  bool woken = false;
  loop->on_wake([&] { woken = std::this_thread::get_id() == loop_thread; });
  std::thread other([&] { loop->wake(); });
  take(loop->run([&] { return woken; }));
  other.join();
  CHECK(woken);
}

TEST_CASE("Wakes before the loop runs become one call", "[sys][loop]") {
  const auto loop = make_loop();
  int wakes = 0;
  loop->on_wake([&] { ++wakes; });
  loop->wake();
  loop->wake();
  run_once(*loop);
  run_once(*loop);
  CHECK(wakes == 1);
}

TEST_CASE("A wake that nobody asked for is taken and forgotten", "[sys][loop]") {
  const auto loop = make_loop();
  loop->wake();
  run_once(*loop);
  int wakes = 0;
  loop->on_wake([&] { ++wakes; });
  run_once(*loop);
  CHECK(wakes == 0);
}

}  // namespace
}  // namespace alinktf::sys
