// Run a program to see whether it works.
#pragma once

#include "base/result.hpp"
#include "process/exit_status.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace alinktf::doctor {

struct Trial {
  std::optional<process::ExitStatus> status;  ///< nothing: it was stopped after the time
  std::string output;                         ///< what it wrote, the last 64 KiB
};

/// Run `argv` (argv[0] is a path) with the environment `env`, standard output and error together,
/// for at most `limit`. Main thread only. Errors as process::spawn().
Result<Trial> try_program(const std::vector<std::string>& argv,
                          const std::vector<std::string>& env,
                          std::chrono::seconds limit);

}  // namespace alinktf::doctor
