// Notices a job in which nothing happens any more.
#pragma once

#include "sys/event_loop.hpp"

#include <chrono>
#include <cstdint>
#include <functional>

namespace alinktf::job {

/// Looks at a job's activity from time to time. Activity is any number that changes while the job
/// does something: bytes on its descriptors, CPU time of its tasks.
class StallWatch {
 public:
  struct Actions {
    std::function<std::uint64_t()> activity;
    std::function<bool()> excused;  ///< nothing happens because the input has nothing
    std::function<void(std::chrono::seconds)> warn;
    std::function<void()> stalled;
  };

  /// Warn once after a minute without activity (half of `limit` if that is less), call `stalled`
  /// after `limit`.
  StallWatch(sys::EventLoop& loop, std::chrono::milliseconds limit, Actions actions);

 private:
  using Clock = sys::EventLoop::Clock;

  void look();

  sys::EventLoop& loop_;
  std::chrono::milliseconds limit_;
  std::chrono::milliseconds step_;
  Actions actions_;
  std::uint64_t last_activity_ = 0;
  std::chrono::milliseconds idle_{0};
  bool warned_ = false;
};

/// CPU time used by process `pid` and the children it has waited for, in clock ticks; 0 if it is
/// gone. Source: proc(5), fields 14 to 17 of /proc/PID/stat.
std::uint64_t cpu_ticks(int pid);

}  // namespace alinktf::job
