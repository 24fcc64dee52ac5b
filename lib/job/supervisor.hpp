// One event loop that watches over the tasks of a job, and the one way to stop them.
#pragma once

#include "base/result.hpp"
#include "cluster/held_port.hpp"
#include "job/attempt.hpp"
#include "job/causes.hpp"
#include "job/feed.hpp"
#include "job/input_share.hpp"
#include "job/plan.hpp"
#include "job/progress.hpp"
#include "job/pump.hpp"
#include "job/run_job.hpp"
#include "job/sink_stage.hpp"
#include "job/stall_watch.hpp"
#include "job/task_dump.hpp"
#include "job/task_state.hpp"
#include "process/exit_status.hpp"
#include "sys/event_loop.hpp"
#include "sys/signals.hpp"
#include "worker/work_dir.hpp"

#include <algorithm>
#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace alinktf::job {

/// Runs the tasks of a plan. Life: start_tasks(); then the stages' threads may start; supervise()
/// until every task has ended; then the causes and counts tell the rest. Main thread only.
///
/// Rules: records flow to a task from its hello on; `go` when all tasks have said hello; `all_done`
/// when the chief and all workers have said main_done; PS are stopped when these have ended,
/// evaluators `evaluatorTimeout` later. The first failure, a stop signal or a time-out stops all
/// through begin_stop(): TERM and CONT, grace, KILL. Only when the input of a stream fails, the
/// scripts are told, and have the grace period to end by themselves before.
class Supervisor final : public worker::TaskObserver {
 public:
  Supervisor(const Plan& plan,
             const RunOptions& options,
             sys::EventLoop& loop,
             const sys::Signals& signals,
             const AttemptStart& attempt);
  Supervisor(const Supervisor&) = delete;
  Supervisor& operator=(const Supervisor&) = delete;
  Supervisor(Supervisor&&) = delete;
  Supervisor& operator=(Supervisor&&) = delete;
  ~Supervisor() override = default;

  /// `setting` is used in this call only.
  Result<void> start_tasks(const AttemptSetting& setting);
  /// Serve the loop until every task has ended. INT calls `end_input`, if there is one, the first
  /// time.
  Result<void> supervise(Feed& feed, SinkStage& sink, std::function<void()> end_input = {});

  /// The first cause, told in full; nothing if all went well.
  [[nodiscard]] std::optional<Error> error() const;
  [[nodiscard]] int stop_signal() const { return stop_signal_; }
  /// True if a task's failure is the first cause and nobody wants the job to end: all may begin
  /// again. A script that does not compile would not the next time either.
  [[nodiscard]] bool failed_by_task() const;
  /// When the run must end; later than it was by the time that Ctrl-Z has stopped it.
  [[nodiscard]] std::optional<std::chrono::steady_clock::time_point> deadline() const {
    return attempt_.deadline;
  }
  /// Adds what the tasks received and wrote.
  void add_counts(Counts& counts) const;
  /// One entry per task that was started.
  [[nodiscard]] std::vector<TaskReport> reports() const;

 private:
  // TaskObserver
  void on_message(worker::Task& task, const worker::Message& message) override;
  void on_results(worker::Task& task,
                  const chunk::Header& header,
                  std::string_view payload) override;
  void on_hungry(worker::Task& task) override;
  void on_log_line(worker::Task& task, worker::LogStream stream, std::string_view line) override;
  void on_protocol_error(worker::Task& task, const Error& error) override;
  void on_ended(worker::Task& task) override;

  Result<void> start_task(std::size_t number,
                          const std::vector<cluster::Member>& members,
                          const AttemptSetting& setting);
  void set_deadlines();
  void time_out(Error error);
  void watch_for_stall();
  [[nodiscard]] ProgressFacts progress_facts() const;
  void on_hello(std::size_t number, const worker::Message& message);
  void on_failing(std::size_t number, const worker::Message& message);
  void on_script_failed(std::size_t number, const worker::Message& message);
  void on_main_done(std::size_t number);
  void on_input_failed(Error error);
  void start_grace();
  void tell_of_ends();
  [[nodiscard]] bool is_over(const TaskState& state) const;
  void judge_end(std::size_t number);
  [[nodiscard]] bool never_spoke(const TaskState& state) const;
  void on_signal(int signo);
  bool takes_as_end(int signo);
  void suspend();
  void reap_strays() const;

  void fail(Error error, std::optional<std::size_t> task = std::nullopt);
  void check(Result<void> result);
  void add_failure_of_task(Cause cause, std::optional<std::size_t> ending_by_itself);
  void begin_stop(std::optional<std::size_t> ending_by_itself);
  void stop_task(TaskState& state);
  void on_workers_ended();
  void stop_others(bool evaluators);
  [[nodiscard]] bool cannot_be_cause(const TaskState& state) const;
  [[nodiscard]] Cause::Clock::time_point after_silent_deaths(Cause::Clock::time_point at) const;
  /// When a task was first known to be dying, though not by our doing; nothing if it is not.
  [[nodiscard]] static std::optional<Cause::Clock::time_point> death_of(const TaskState& state);
  static void warn_of_late_failure(const TaskState& state, std::string_view what);
  void kill_all();
  /// Send to the tasks that still run and whose role is `roles`.
  enum class Roles { kAll, kNotPs };
  void send_all(std::string_view line, Roles roles);

  [[nodiscard]] std::chrono::milliseconds since_start(
      std::chrono::steady_clock::time_point time) const;
  [[nodiscard]] std::size_t number_of(const worker::Task& task) const;
  template <typename Predicate>
  [[nodiscard]] bool all_data(Predicate predicate) const {
    return std::all_of(tasks_.begin(), tasks_.end(), [&](const TaskState& state) {
      return !state.data || predicate(state);
    });
  }

  const Plan& plan_;
  const RunOptions& options_;
  sys::EventLoop& loop_;
  const sys::Signals& signals_;
  AttemptStart attempt_;
  std::vector<cluster::HeldPort> ports_;
  std::vector<TaskState> tasks_;  ///< in the order of the plan; never resized once tasks run
  std::optional<Pump> pump_;
  std::optional<TaskDump> dump_;
  std::optional<StallWatch> stall_watch_;
  std::optional<InputShare> input_share_;  ///< if progress is shown
  std::optional<Progress> progress_;
  bool went_ = false;
  bool workers_ended_ = false;
  bool input_failed_ = false;  ///< of a stream; the tasks may end by themselves
  bool grace_began_ = false;   ///< and the time for that runs
  bool stopping_ = false;
  int stop_signal_ = 0;
  std::chrono::steady_clock::time_point stop_signal_at_;
  std::function<void()> end_input_;
  std::optional<std::chrono::steady_clock::time_point> input_ended_at_;
  Causes causes_;
  std::optional<std::uint64_t> oom_kills_ = process::oom_kills();  ///< before the tasks
};

}  // namespace alinktf::job
