// How far a job is: a line on a terminal, a message now and then elsewhere.
#pragma once

#include "sys/event_loop.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace alinktf::job {

/// What a job has done so far.
struct ProgressFacts {
  struct Task {
    std::string name;        ///< "worker:0"
    std::string_view state;  ///< a word: starting, ready, running, done, ended
  };

  std::uint64_t rows_in = 0;  ///< taken by the tasks
  std::uint64_t bytes_in = 0;
  std::uint64_t rows_out = 0;  ///< that they wrote
  std::optional<double> share =
      {};  ///< of the input that has been read, 0 to 1; nothing: not known
  std::vector<Task> tasks = {};
};

/// One line: "12.5 s  1.2 M rows in (250 MB, 98 k/s, 41 %, 17 s left)  300 rows out  chief:0,
/// worker:0-2 running  ps:0 ready". `rows_per_second` is the present rate.
std::string progress_line(const ProgressFacts& facts,
                          std::chrono::duration<double> elapsed,
                          double rows_per_second);

/// Shows progress_line() while the loop runs: on a terminal as its last line, redrawn five times a
/// second; elsewhere as a message from time to time. The line goes with this object.
class Progress {
 public:
  static constexpr std::chrono::seconds kMessageInterval{30};

  /// `message_interval` is the time between two messages where there is no terminal.
  Progress(sys::EventLoop& loop,
           std::function<ProgressFacts()> facts,
           std::chrono::milliseconds message_interval = kMessageInterval);
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;
  Progress(Progress&&) = delete;
  Progress& operator=(Progress&&) = delete;
  ~Progress();

 private:
  using Clock = sys::EventLoop::Clock;

  void show();

  sys::EventLoop& loop_;
  std::function<ProgressFacts()> facts_;
  std::chrono::milliseconds interval_;  ///< from one line to the next
  Clock::time_point began_ = Clock::now();
  Clock::time_point last_at_ = began_;
  std::uint64_t last_rows_ = 0;
  double rate_ = 0;
  sys::EventLoop::TimerId timer_;
};

}  // namespace alinktf::job
