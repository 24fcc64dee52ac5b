// What the supervisor knows of a task.
#pragma once

#include "job/run_job.hpp"
#include "job/stall_watch.hpp"
#include "job/task_log.hpp"
#include "worker/task.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace alinktf::job {

struct TaskState {
  std::string name;  ///< "worker:0"
  bool data = true;  ///< gets rows, and its end counts: chief and workers
  TaskLog log;
  std::unique_ptr<worker::Task> task;
  TaskTimes times = {};
  CpuActivity cpu = {};

  bool hello = false;
  bool main_started = false;
  bool main_done = false;
  bool ended = false;
  bool failed = false;                                                   ///< it said so itself
  std::optional<std::chrono::steady_clock::time_point> failing_at = {};  ///< by its own word
  std::optional<std::chrono::steady_clock::time_point> dying_at = {};    ///< seen, not by our doing
  bool stopped = false;         ///< by us: how it ends says nothing
  bool wants_columns = false;   ///< and waits to be told what they are
  bool end_fed = false;         ///< the feed's `end` chunk is under way
  std::uint64_t discarded = 0;  ///< records that it did not take
  std::uint64_t read = 0;       ///< records, by its main_done
  std::uint64_t written = 0;    ///< records, by its main_done
};

}  // namespace alinktf::job
