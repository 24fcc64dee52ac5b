// Why a job failed: the first cause, not its consequences.
#pragma once

#include "base/result.hpp"
#include "job/task_log.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

namespace alinktf::job {

/// One thing that went wrong. `task` is the task's number, or nothing if it was no task's fault.
struct Cause {
  using Clock = std::chrono::steady_clock;
  /// How it is known: by word, or because a process ended without one, by a signal or by itself.
  enum class Kind { kTold, kKilled, kExited };

  Clock::time_point at;
  Error error;
  std::optional<std::size_t> task = std::nullopt;
  std::string traceback = {};
  Kind kind = Kind::kTold;
  bool permanent = false;  ///< it would happen in every attempt
};

/// Keeps the earliest cause. Of two tasks that were dying at the same time without a word, the one
/// that a signal has killed is the cause: nothing that a peer does kills by a signal. What happens
/// after stopping() are consequences: they count only if the task itself says that they happened
/// before.
class Causes {
 public:
  /// True if this is the first cause known so far in time.
  bool add(Cause cause);
  void stopping(Cause::Clock::time_point now) { stopped_at_ = stopped_at_.value_or(now); }

  [[nodiscard]] const std::optional<Cause>& first() const { return first_; }

 private:
  std::optional<Cause> first_;
  std::optional<Cause::Clock::time_point> stopped_at_;
};

/// What is known of a task when its failure is told.
struct TaskFacts {
  std::string name;  ///< "worker:0"
  int pid = 0;
  std::uint64_t rows_in = 0;
  std::uint64_t rows_out = 0;
  const LogTail* log = nullptr;
};

/// The error of a job whose cause is a task's failure: the task, what happened, its traceback, its
/// last log lines, its rows so far. Several lines.
Error tell(const Cause& cause, const TaskFacts& task);

}  // namespace alinktf::job
