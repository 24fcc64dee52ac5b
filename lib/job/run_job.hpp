// A whole run, from plan to committed output.
#pragma once

#include "base/result.hpp"
#include "job/plan.hpp"
#include "sink/output.hpp"
#include "sys/signals.hpp"
#include "worker/task.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace alinktf::job {

struct RunOptions {
  bool print_process_info = false;
  std::string log_dir;  ///< a file per task goes there; empty: none
  bool keep_work_dir = false;
  bool progress = false;                        ///< show how far the job is
  sink::Display display = sink::Display::kCsv;  ///< of rows on standard output
};

/// The counts of a run. read + repeated = sent + dropped + filtered + skipped; sent = received +
/// unread; written = collected. Checked in every run.
struct Counts {
  std::uint64_t read = 0;
  std::uint64_t repeated = 0;
  std::uint64_t sent = 0;
  std::uint64_t dropped = 0;
  std::uint64_t filtered = 0;
  std::uint64_t skipped = 0;
  std::uint64_t received = 0;
  std::uint64_t unread = 0;
  std::uint64_t written = 0;
  std::uint64_t collected = 0;
  /// Values of rows read that did not parse and are null, as handleInvalidMethod asks.
  std::uint64_t invalid_values = 0;
  bool cut_short = false;  ///< the tasks of a stream ended before its input did: read is not all
};

/// When things happened to a task, from the start of the run. Nothing: never.
struct TaskTimes {
  std::optional<std::chrono::milliseconds> started;
  std::optional<std::chrono::milliseconds> hello;         ///< its script compiles
  std::optional<std::chrono::milliseconds> first_record;  ///< the first chunk was taken
  std::optional<std::chrono::milliseconds> main_started;  ///< all imported, `main` is called
  std::optional<std::chrono::milliseconds> main_done;
  std::optional<std::chrono::milliseconds> ended;
};

/// What became of a task that was started.
struct TaskReport {
  cluster::TaskId id;
  int pid = 0;
  TaskTimes times;
  worker::TaskCounts counts;
  std::optional<process::ExitStatus> exit_status;
  bool stopped = false;  ///< by us
};

/// What became of an engine of a prediction.
struct EngineReport {
  int index = 0;
  int pid = 0;
  std::optional<std::chrono::milliseconds> started;  ///< all times from the start of the run
  std::optional<std::chrono::milliseconds> ready;    ///< its model was loaded
  std::optional<std::chrono::milliseconds> ended;
  std::uint64_t rows = 0;
  std::uint64_t batches = 0;
  std::uint64_t bytes_in = 0;
  std::uint64_t bytes_out = 0;
  std::chrono::duration<double> busy{0};  ///< time that answers took, of all its threads
  std::optional<process::ExitStatus> exit_status;
  bool stopped = false;  ///< by us
};

/// An attempt after which all tasks began again.
struct FailedAttempt {
  int number = 0;                      ///< from 0, as ALINKTF_ATTEMPT
  std::chrono::milliseconds began{0};  ///< from the start of the run
  std::chrono::milliseconds ended{0};
  Error error;  ///< its first cause, told in full
  Counts counts;
  std::vector<TaskReport> tasks;
};

/// How a run ended. Counts and tasks are those of the last attempt.
struct Outcome {
  std::optional<Error> error;  ///< nothing: done, the output is in place
  int stop_signal = 0;         ///< the signal that ended the job, to die by; 0: none
  Counts counts;
  std::vector<TaskReport> tasks;
  std::vector<EngineReport> engines;  ///< of a prediction, which has no tasks
  int attempt = 0;                    ///< number of the last attempt
  std::vector<FailedAttempt> failed_attempts;
};

/// Time that the front gives us beyond the tasks' grace period, to reap and clean up.
inline constexpr std::chrono::seconds kCleanUpTime{2};

/// Run the job of `plan`: nothing of it is left running at the end, and without success no output
/// file. Main thread, no other threads before.
Outcome run_job(const Plan& plan,
                const Surroundings& surroundings,
                const RunOptions& options,
                const sys::Signals& signals);

/// kInternal naming the equation if the counts do not add up.
Result<void> check_conservation(const Counts& counts);

}  // namespace alinktf::job
