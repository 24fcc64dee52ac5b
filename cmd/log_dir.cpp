#include "cmd/log_dir.hpp"

#include "cmd/xdg.hpp"
#include "log/log.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <vector>

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

namespace alinktf::cmd {

namespace {

namespace fs = std::filesystem;

/// The folder, open and held as `lock` (LOCK_SH or LOCK_EX) says; empty if another run holds it.
sys::Fd hold(const std::string& path, int lock) {
  auto folder = sys::Fd::open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (!folder.ok() || ::flock(folder.value().get(), lock | LOCK_NB) != 0) {
    return {};
  }
  return std::move(folder).value();
}

/// Remove the oldest folders of ended runs; their names begin with their time.
void remove_old_runs(const fs::path& runs) {
  std::vector<std::string> paths;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(runs, error)) {
    paths.push_back(entry.path().string());
  }
  std::sort(paths.rbegin(), paths.rend());
  for (std::size_t i = kKeptRuns; i < paths.size(); ++i) {
    if (const sys::Fd held = hold(paths[i], LOCK_EX)) {
      fs::remove_all(paths[i], error);
    }
  }
}

LogDir make_run_folder(const fs::path& runs, const std::string& job) {
  std::error_code error;
  fs::create_directories(runs, error);
  const auto now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
  const fs::path path =
      runs / fmt::format("{:%Y%m%dT%H%M%SZ}-{}-{}", fmt::gmtime(now), job, ::getpid());
  if (runs.empty() || !fs::create_directory(path, error)) {
    log::message(log::Level::kDebug,
                 fmt::format("no log files: cannot make '{}': {}", path.string(), error.message()));
    return {};
  }
  LogDir made{.path = path.string(), .held = hold(path.string(), LOCK_SH)};
  remove_old_runs(runs);
  return made;
}

}  // namespace

std::string runs_folder(
    const std::function<std::optional<std::string>(const std::string&)>& variable) {
  const std::string state = xdg_directory("XDG_STATE_HOME", ".local/state", variable);
  return state.empty() ? "" : state + "/alinktf/runs";
}

Result<LogDir> make_log_dir(
    const std::string& chosen,
    const std::string& job,
    const std::function<std::optional<std::string>(const std::string&)>& variable) {
  if (chosen.empty()) {
    return make_run_folder(runs_folder(variable), job);
  }
  std::error_code error;
  fs::create_directories(chosen, error);
  if (error) {
    return Error(ErrorCode::kInternal, fmt::format("--log-dir '{}'", chosen), error);
  }
  return LogDir{.path = chosen, .held = {}};
}

}  // namespace alinktf::cmd
