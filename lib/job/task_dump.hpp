// What every task of a job is doing, for somebody who looks into a hang.
#pragma once

#include "job/task_state.hpp"
#include "sys/event_loop.hpp"
#include "worker/message.hpp"

#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace alinktf::job {

/// Shows on stderr, for every task that runs, its state, its rows, whether its port is open, and
/// the Python stacks of its threads. A task that does not answer on its control channel, because
/// native code holds Python's lock, is asked by a signal whose handler needs no lock; one that does
/// not answer to that either is said to be silent, with what the kernel says of it. All of it takes
/// at most two seconds. Main thread only.
class TaskDump {
 public:
  /// `ports` are those of the first tasks; the others have none.
  TaskDump(sys::EventLoop& loop, std::vector<TaskState>& tasks, std::vector<std::uint16_t> ports)
      : loop_(loop),
        tasks_(tasks),
        ports_(std::move(ports)),
        asked_(tasks.size()),
        silent_(tasks.size()) {}

  /// Ask all tasks; `done` is called when all have answered or been given up. Asking again
  /// meanwhile asks nobody twice.
  void ask(std::function<void()> done);
  /// A task's `stacks` message.
  void on_stacks(std::size_t number, const worker::Message& message);
  /// A line that a task logs: shown, unless that was done, if it may belong to an answer to the
  /// signal.
  void on_log_line(std::size_t number, std::string_view line, bool is_shown);
  void on_ended(std::size_t number);

  /// True if the task has not answered on its control channel, so that a thread of it now waits for
  /// Python's lock. Every Python does that by looking 200 times a second.
  [[nodiscard]] bool is_silent(std::size_t number) const { return silent_[number]; }
  /// True if something was asked or answered since the last call: that is no activity of the job.
  [[nodiscard]] bool take_recent() { return std::exchange(recent_, under_way_) || under_way_; }

 private:
  enum class Asked { kNo, kByMessage, kBySignal, kAnswers };

  void ask_again();
  void give_up();
  void finish_if_all_answered();
  [[nodiscard]] std::string describe(std::size_t number, std::string_view state) const;
  [[nodiscard]] std::string describe_ports(std::size_t number) const;

  sys::EventLoop& loop_;
  std::vector<TaskState>& tasks_;
  std::vector<std::uint16_t> ports_;
  std::vector<Asked> asked_;
  std::vector<bool> silent_;
  std::vector<std::function<void()>> done_;
  sys::EventLoop::TimerId timer_{};
  bool under_way_ = false;
  bool recent_ = false;
};

}  // namespace alinktf::job
