#include "job/task_log.hpp"

#include "log/log.hpp"

#include <fmt/format.h>

#include <algorithm>

#include <fcntl.h>

namespace alinktf::job {

Result<TaskLog> TaskLog::open(const LogName& name, const std::string& directory, bool shown) {
  sys::Fd file;
  if (!directory.empty()) {
    std::string file_name = name.task;
    std::replace(file_name.begin(), file_name.end(), ':', '-');
    if (name.attempt > 0) {
      file_name += fmt::format(".attempt-{}", name.attempt);
    }
    ALINKTF_ASSIGN_OR_RETURN(file,
                             sys::Fd::open(fmt::format("{}/{}.log", directory, file_name),
                                           O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC,
                                           0644)
                                 .context([] { return "--log-dir"; }));
  }
  return TaskLog(name.task, std::move(file), shown);
}

void TaskLog::add(std::string_view line) {
  tail_.add(line);
  if (file_) {
    const std::string whole = std::string(line) + "\n";
    if (!sys::write_all(file_.get(), whole).ok()) {
      log::message(log::Level::kWarn,
                   fmt::format("the log of {} cannot be written: disk full?", name_));
      file_ = sys::Fd();
    }
  }
  tell(line);
}

void TaskLog::tell(std::string_view line) const {
  if (shown_) {
    log::raw_line(name_, line);
  }
}

}  // namespace alinktf::job
