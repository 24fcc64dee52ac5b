// One thread's loop over descriptors and deadlines (epoll and a timer queue).
#pragma once

#include "base/result.hpp"
#include "sys/fd.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <unordered_map>

namespace alinktf::sys {

/// Calls handlers when descriptors are ready and when deadlines pass. Everything but wake() belongs
/// to the thread that runs the loop. Handlers may watch, change, forget, call_at and cancel freely:
/// an event for a descriptor that was forgotten earlier in the same round is dropped.
class EventLoop {
 public:
  using Clock = std::chrono::steady_clock;
  using Handler = std::function<void(std::uint32_t events)>;
  using Callback = std::function<void()>;
  using TimerId = std::uint64_t;

  static Result<std::unique_ptr<EventLoop>> create();

  EventLoop(const EventLoop&) = delete;
  EventLoop& operator=(const EventLoop&) = delete;
  EventLoop(EventLoop&&) = delete;
  EventLoop& operator=(EventLoop&&) = delete;
  ~EventLoop() = default;

  /// Call `handler` whenever `fd` is ready for `events` (EPOLLIN …; level-triggered). The caller
  /// keeps owning `fd` and forgets it before closing it. `events` may be 0 to wait with change().
  Result<void> watch(int fd, std::uint32_t events, Handler handler);
  void change(int fd, std::uint32_t events);
  void forget(int fd);

  TimerId call_at(Clock::time_point when, Callback callback);
  TimerId call_after(Clock::duration delay, Callback callback) {
    return call_at(Clock::now() + delay, std::move(callback));
  }
  void cancel(TimerId timer);
  /// Move every deadline by `pause`: the program was stopped for that long.
  void shift_deadlines(Clock::duration pause);

  /// Call `callback` in the loop's thread after each wake(); several wakes may become one call.
  void on_wake(Callback callback) { on_wake_ = std::move(callback); }
  /// Callable from any thread.
  void wake();

  /// Wait for events and deadlines and serve them, until `done()` is true (asked before each wait).
  Result<void> run(const std::function<bool()>& done);

 private:
  struct Watch {
    std::uint64_t id = 0;
    std::uint32_t events = 0;
    Handler handler;
  };

  EventLoop(Fd epoll, Fd waker) : epoll_(std::move(epoll)), waker_(std::move(waker)) {}
  [[nodiscard]] int wait_milliseconds() const;
  void serve(std::uint64_t tag, std::uint32_t events);
  void serve_deadlines();

  Fd epoll_;
  Fd waker_;
  Callback on_wake_;
  std::uint64_t next_id_ = 1;
  std::unordered_map<int, std::shared_ptr<Watch>> watches_;
  std::multimap<Clock::time_point, std::pair<TimerId, Callback>> timers_;
};

}  // namespace alinktf::sys
