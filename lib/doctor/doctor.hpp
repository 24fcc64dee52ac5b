// What this machine can run, and what stands in the way.
#pragma once

#include "doctor/finding.hpp"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace alinktf::doctor {

struct Surroundings {
  std::string python;                    ///< --python; empty: not given
  std::string work_dir_parent;           ///< absolute
  std::string log_parent;                ///< where logs are kept; empty: nowhere
  std::string cache_dir;                 ///< of the user, absolute; empty: none
  std::vector<std::string> environment;  ///< NAME=value
  std::function<std::optional<std::string>(const std::string&)> variable;
};

/// Looks at the kernel, processor, memory, limits, ports, folders and Pythons. Starts every Python
/// that a job may pick and lets it import TensorFlow, each at most a minute.
Findings examine(const Surroundings& surroundings);

/// As lines for people: verdict, what, found, and the fix below it.
std::string to_text(const Findings& findings);

/// {"problems": 0, "findings": [{"verdict": "good", "what": …, "found": …, "fix": …}]}
std::string to_json(const Findings& findings);

/// How many findings are problems.
std::size_t problems(const Findings& findings);

}  // namespace alinktf::doctor
