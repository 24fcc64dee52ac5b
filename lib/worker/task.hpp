// One running task: the Python process and its five conversations.
#pragma once

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "cluster/cluster.hpp"
#include "formats/chunk/chunk.hpp"
#include "process/child.hpp"
#include "sys/event_loop.hpp"
#include "sys/fd.hpp"
#include "worker/line_splitter.hpp"
#include "worker/message.hpp"

#include <array>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace alinktf::worker {

class Task;

enum class LogStream { kStdout, kStderr };

/// What a task tells its owner, always from the loop's thread.
class TaskObserver {
 public:
  TaskObserver() = default;
  TaskObserver(const TaskObserver&) = delete;
  TaskObserver& operator=(const TaskObserver&) = delete;
  TaskObserver(TaskObserver&&) = delete;
  TaskObserver& operator=(TaskObserver&&) = delete;
  virtual ~TaskObserver() = default;

  virtual void on_message(Task& task, const Message& message) = 0;
  /// A whole chunk of results; `payload` is valid during the call.
  virtual void on_results(Task& task, const chunk::Header& header, std::string_view payload) = 0;
  /// Everything fed so far is in the pipe: ready for the next chunk.
  virtual void on_hungry(Task& task) = 0;
  virtual void on_log_line(Task& task, LogStream stream, std::string_view line) = 0;
  /// The task broke the contract (bytes that are no chunks, no JSON, results without an end).
  virtual void on_protocol_error(Task& task, const Error& error) = 0;
  /// The process has ended and everything it wrote has been handed on. The last call.
  virtual void on_ended(Task& task) = 0;
};

/// What to start.
struct TaskLaunch {
  cluster::TaskId id;
  std::vector<std::string> argv;
  std::vector<std::string> env;
};

/// What went through a task's descriptors.
struct TaskCounts {
  std::uint64_t records_fed = 0;  ///< in chunks whose every byte is in the pipe
  std::uint64_t bytes_fed = 0;
  std::uint64_t records_received = 0;
  std::uint64_t bytes_received = 0;
  std::uint64_t bytes_logged = 0;
};

/// A Python task. Owns the process, its pipes and its control channel; speaks through `observer`.
/// Main thread only. Contract: runtime/PROTOCOL.md.
class Task {
 public:
  static Result<std::unique_ptr<Task>> start(sys::EventLoop& loop,
                                             TaskObserver& observer,
                                             const TaskLaunch& launch);
  Task(const Task&) = delete;
  Task& operator=(const Task&) = delete;
  Task(Task&&) = delete;
  Task& operator=(Task&&) = delete;
  ~Task();

  [[nodiscard]] cluster::TaskId id() const { return id_; }
  [[nodiscard]] pid_t pid() const { return child_.pid(); }
  [[nodiscard]] const TaskCounts& counts() const { return counts_; }
  /// When the first chunk of records was in the pipe; nothing before.
  [[nodiscard]] const std::optional<std::chrono::steady_clock::time_point>& first_fed_at() const {
    return first_fed_at_;
  }
  /// How the process ended; nothing while it runs.
  [[nodiscard]] const std::optional<process::ExitStatus>& exit_status() const {
    return exit_status_;
  }
  /// When its control channel was closed, as by a process that dies: some time before it can be
  /// reaped, and before others that notice can tell. The events of several tasks come in their
  /// order.
  [[nodiscard]] const std::optional<std::chrono::steady_clock::time_point>& gone_at() const {
    return gone_at_;
  }
  /// The total that the results' `end` chunk gave; nothing if it has not come.
  [[nodiscard]] const std::optional<std::uint64_t>& results_end() const { return results_end_; }

  /// Send control lines (worker/message.hpp makes them). Never waits.
  void send(std::string_view line);

  /// True if feed() may be called: nothing is waiting and the task still reads.
  [[nodiscard]] bool hungry() const { return feed_ && feed_chunk_.empty() && !feed_ended_; }
  /// True if the task has closed its end of the feed.
  [[nodiscard]] bool feed_refused() const { return feed_refused_; }
  /// Write a chunk of `records` records to the task's fd 3, as fast as it reads.
  void feed(Buffer chunk, std::uint32_t records);
  /// The same for the last chunk (`end` or `error`); the descriptor is closed after it.
  void feed_last(Buffer chunk);
  /// The storage of the chunk that was sent last, to be filled again.
  Buffer take_spare() { return std::move(spare_); }

  /// Stop or go on reading results (the sink is full, or has room again).
  void pause_results(bool pause);

  void terminate() const { child_.terminate(); }
  void kill() const { child_.kill(); }
  void signal_group(int signo) const { child_.signal_group(signo); }

 private:
  enum Log { kOut, kErr };

  struct Ends;
  Task(sys::EventLoop& loop,
       TaskObserver& observer,
       cluster::TaskId id,
       process::Child child,
       Ends ends);

  Result<void> watch();
  void on_process();
  void on_feed_ready(std::uint32_t events);
  void write_feed();
  void refuse_feed();
  void on_results_ready();
  void expect_exit();
  void forget_expected_exit();
  void close_control();
  bool read_results(std::size_t limit);
  void hand_on_chunks();
  void on_control(std::uint32_t events);
  bool read_control();
  void flush_control();
  void on_log(Log log);
  bool read_log(Log log, std::size_t limit);
  void drain();
  void close(sys::Fd& fd);

  sys::EventLoop& loop_;
  TaskObserver& observer_;
  cluster::TaskId id_;
  process::Child child_;

  sys::Fd feed_;
  sys::Fd results_;
  sys::Fd control_;
  std::array<sys::Fd, 2> logs_;
  std::array<LineSplitter, 2> splitters_;

  Buffer feed_chunk_;
  std::size_t feed_offset_ = 0;
  std::uint32_t feed_records_ = 0;
  bool feed_ended_ = false;
  bool feed_refused_ = false;
  Buffer spare_;

  chunk::Decoder decoder_;
  bool results_paused_ = false;
  std::optional<std::uint64_t> results_end_;
  std::optional<sys::EventLoop::TimerId> exit_expected_;

  LineSplitter control_lines_;
  std::string control_out_;

  TaskCounts counts_;
  std::optional<std::chrono::steady_clock::time_point> first_fed_at_;
  std::optional<std::chrono::steady_clock::time_point> gone_at_;
  std::optional<process::ExitStatus> exit_status_;
};

}  // namespace alinktf::worker
