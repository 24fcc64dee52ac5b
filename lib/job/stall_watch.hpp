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
    /// What has happened since the last call was our asking.
    std::function<bool()> asked;
    std::function<void(std::chrono::milliseconds)> warn;
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

/// The CPU time of a task as activity: what waiting for a lock costs can be left out.
class CpuActivity {
 public:
  /// A number that changes if the task has used CPU time since the last look; with `only_much`, if
  /// it has used a twentieth of one core. `ticks` is cpu_ticks() now.
  std::uint64_t look(std::uint64_t ticks, bool only_much, sys::EventLoop::Clock::time_point now);

 private:
  std::uint64_t ticks_ = 0;
  std::uint64_t counted_ = 0;
  sys::EventLoop::Clock::time_point at_;
};

/// CPU time used by process `pid` and the children it has waited for, in clock ticks; 0 if it is
/// gone. Source: proc(5), fields 14 to 17 of /proc/PID/stat.
std::uint64_t cpu_ticks(int pid);

}  // namespace alinktf::job
