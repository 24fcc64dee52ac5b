// The pump: one event loop that feeds, drains and watches the tasks, and the one way to stop them.
#pragma once

#include "base/result.hpp"
#include "cluster/held_port.hpp"
#include "job/causes.hpp"
#include "job/feed.hpp"
#include "job/plan.hpp"
#include "job/run_job.hpp"
#include "job/sink_stage.hpp"
#include "sys/event_loop.hpp"
#include "sys/signals.hpp"
#include "worker/task.hpp"
#include "worker/work_dir.hpp"

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace alinktf::job {

/// Runs the tasks of a plan. Life: start_tasks(); then the stages' threads may start; supervise()
/// until every task has ended; then the causes and counts tell the rest. Main thread only.
///
/// Rules: records flow to a task from its hello on; `go` when all tasks have said hello; `all_done`
/// when the chief and all workers have said main_done; PS are stopped when these have ended. The
/// first failure, a stop signal or a time-out stops all through begin_stop(): TERM and CONT, grace,
/// KILL.
class Supervisor final : public worker::TaskObserver {
 public:
  Supervisor(const Plan& plan,
             const RunOptions& options,
             sys::EventLoop& loop,
             const sys::Signals& signals);
  Supervisor(const Supervisor&) = delete;
  Supervisor& operator=(const Supervisor&) = delete;
  Supervisor(Supervisor&&) = delete;
  Supervisor& operator=(Supervisor&&) = delete;
  ~Supervisor() override = default;

  Result<void> start_tasks(const Surroundings& surroundings, worker::WorkDir& work_dir);
  /// Serve the loop until every task has ended.
  Result<void> supervise(Feed& feed, SinkStage& sink);

  /// The first cause, told in full; nothing if all went well.
  [[nodiscard]] std::optional<Error> error() const;
  [[nodiscard]] int stop_signal() const { return stop_signal_; }
  /// Adds what the tasks received and wrote.
  void add_counts(Counts& counts) const;
  /// A line a task with its counts, for --print-process-info.
  void print_counts() const;

 private:
  struct TaskState {
    std::unique_ptr<worker::Task> task;
    LogTail log;
    sys::Fd log_file;
    std::string name;
    bool hello = false;
    bool main_done = false;
    bool ended = false;
    bool failed = false;   ///< said so itself
    bool stopped = false;  ///< by us: how it ends says nothing
    bool end_fed = false;
    std::uint64_t discarded = 0;  ///< records that it did not take
    std::uint64_t written = 0;    ///< records, by its main_done
  };

  // TaskObserver
  void on_message(worker::Task& task, const worker::Message& message) override;
  void on_results(worker::Task& task,
                  const chunk::Header& header,
                  std::string_view payload) override;
  void on_hungry(worker::Task& task) override;
  void on_log_line(worker::Task& task, worker::LogStream stream, std::string_view line) override;
  void on_protocol_error(worker::Task& task, const Error& error) override;
  void on_ended(worker::Task& task) override;

  void on_hello(std::size_t number, const worker::Message& message);
  void on_script_failed(std::size_t number, const worker::Message& message);
  void on_main_done(std::size_t number, const worker::Message& message);
  void judge_end(std::size_t number);
  void on_wake();
  void feed_task(std::size_t number);
  void feed_end(TaskState& state, const Buffer& chunk);
  void on_signal(int signo);
  void suspend();
  void fail(Cause cause);
  void begin_stop(std::optional<std::size_t> ending_by_itself);
  void stop_task(TaskState& state);
  void kill_all();
  void stop_parameter_servers();
  Result<void> open_log(TaskState& state) const;

  [[nodiscard]] std::size_t number_of(const worker::Task& task) const;
  [[nodiscard]] bool is_data(std::size_t number) const { return number < plan_.workers(); }
  template <typename Predicate>
  [[nodiscard]] bool all_data(Predicate predicate) const;
  [[nodiscard]] bool all_ended() const;

  const Plan& plan_;
  const RunOptions& options_;
  sys::EventLoop& loop_;
  const sys::Signals& signals_;
  std::vector<cluster::HeldPort> ports_;
  std::vector<TaskState> tasks_;
  Feed* feed_ = nullptr;
  SinkStage* sink_ = nullptr;
  bool source_failed_ = false;
  bool results_paused_ = false;
  bool went_ = false;
  bool stopping_ = false;
  bool ps_wrote_ = false;
  int stop_signal_ = 0;
  std::chrono::steady_clock::time_point stop_signal_at_;
  Causes causes_;
};

}  // namespace alinktf::job
