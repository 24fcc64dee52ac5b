// One attempt of a job of scripts: all its tasks, the whole input, an output of its own.
#pragma once

#include "base/result.hpp"
#include "job/plan.hpp"
#include "job/run_job.hpp"
#include "process/network_isolation.hpp"
#include "sink/output.hpp"
#include "sys/signals.hpp"
#include "worker/work_dir.hpp"

#include <chrono>
#include <memory>
#include <optional>
#include <vector>

namespace alinktf::job {

/// What all attempts of a run share. Everything outlives them.
struct AttemptSetting {
  const Plan& plan;
  const Surroundings& surroundings;
  const RunOptions& options;
  const sys::Signals& signals;
  const sys::Interruption& stop;  ///< ends what is done before the tasks are supervised
  const worker::WorkDir& work_dir;
  const worker::UserFiles& files;
  std::chrono::steady_clock::time_point run_began;
  process::NetworkIsolation* isolation = nullptr;  ///< of the tasks; null: there is none
};

/// Which attempt it is, and when the run that it is part of began and must end.
struct AttemptStart {
  using Clock = std::chrono::steady_clock;

  int number = 0;    ///< from 0: ALINKTF_ATTEMPT
  bool last = true;  ///< no other attempt follows, whatever happens
  Clock::time_point run_began;
  std::optional<Clock::time_point> deadline;  ///< of the run, by the job's timeout
};

/// How an attempt ended.
struct AttemptEnd {
  std::optional<Error> error;  ///< nothing: done, the output is in place
  bool repeat = false;         ///< a task failed, which another attempt may not: `last` was false
  int stop_signal = 0;
  Counts counts;
  std::vector<TaskReport> tasks;
  std::optional<AttemptStart::Clock::time_point>
      deadline;  ///< of the run, later by Ctrl-Z's pauses
};

/// Start the tasks, feed them the whole input, collect `output`. All processes that the tasks'
/// groups hold have ended afterwards, all threads too. Rows of an attempt that is to be repeated
/// are gone from the output. Main thread, no other threads before.
AttemptEnd run_attempt(const AttemptSetting& setting,
                       const AttemptStart& start,
                       std::unique_ptr<sink::Output> output);

/// The work dir of task `id`: made and filled in the first attempt; in later ones the same, with
/// all that the script has left there but the model it exported and what describes the rows.
/// kInternal; the error of the setting's `stop`.
Result<std::string> prepare_task_dir(const AttemptSetting& setting,
                                     int attempt,
                                     cluster::TaskId id);

}  // namespace alinktf::job
