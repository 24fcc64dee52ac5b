// What a task logs: its last lines for a failure's message, a file, the terminal.
#pragma once

#include "base/result.hpp"
#include "sys/fd.hpp"

#include <deque>
#include <string>
#include <string_view>

namespace alinktf::job {

/// The last lines that a task logged.
class LogTail {
 public:
  static constexpr std::size_t kLines = 20;

  void add(std::string_view line) {
    if (lines_.size() == kLines) {
      lines_.pop_front();
    }
    lines_.emplace_back(line.substr(0, kLineBytes));
  }
  [[nodiscard]] const std::deque<std::string>& lines() const { return lines_; }

 private:
  static constexpr std::size_t kLineBytes = 2000;
  std::deque<std::string> lines_;
};

/// Whose lines they are.
struct LogName {
  std::string task;  ///< "worker:0"
  int attempt = 0;
};

/// Takes a task's lines: one line in, one line out, whatever bytes it holds.
class TaskLog {
 public:
  /// `directory` gets worker-0.log, of later attempts worker-0.attempt-1.log …; empty for none.
  /// `shown`: each line also goes to stderr with the task's name in front. kInternal if the file
  /// cannot be made.
  static Result<TaskLog> open(const LogName& name, const std::string& directory, bool shown);

  void add(std::string_view line);
  /// Tell something about the task, on the terminal only, if its lines are shown there.
  void tell(std::string_view line) const;

  [[nodiscard]] const LogTail& tail() const { return tail_; }

 private:
  TaskLog(std::string name, sys::Fd file, bool shown)
      : name_(std::move(name)), file_(std::move(file)), shown_(shown) {}

  std::string name_;
  sys::Fd file_;
  bool shown_;
  LogTail tail_;
};

}  // namespace alinktf::job
