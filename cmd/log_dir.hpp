// Where a run's log files go.
#pragma once

#include "base/result.hpp"
#include "sys/fd.hpp"

#include <functional>
#include <optional>
#include <string>

namespace alinktf::cmd {

/// A run's folder of log files, held against removal by later runs while this lives.
struct LogDir {
  std::string path;  ///< empty: there is none
  sys::Fd held;
};

/// Where runs keep their logs by default: $XDG_STATE_HOME/alinktf/runs, as the XDG Base Directory
/// Specification has it; empty if nobody says where the user lives.
std::string runs_folder(
    const std::function<std::optional<std::string>(const std::string&)>& variable);

/// How many runs' folders stay in the user's state directory.
constexpr std::size_t kKeptRuns = 20;

/// The folder `chosen` (--log-dir), made if it is missing; kInternal if that fails. If `chosen` is
/// empty: a new folder "<time>-<job>-<pid>" in $XDG_STATE_HOME/alinktf/runs (default
/// ~/.local/state), where the oldest of more than kKeptRuns that no run holds are removed; none at
/// all, with a word at level debug, where that cannot be made: logs are no reason to fail.
Result<LogDir> make_log_dir(
    const std::string& chosen,
    const std::string& job,
    const std::function<std::optional<std::string>(const std::string&)>& variable);

}  // namespace alinktf::cmd
