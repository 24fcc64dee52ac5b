// The world around the program, read once: environment, folders, the job file.
#pragma once

#include "base/result.hpp"
#include "cmd/options.hpp"
#include "job/plan.hpp"

namespace alinktf::cmd {

job::Surroundings read_surroundings(const Options& options);

/// Read and parse the job file that `options` names, and plan it. kSpec.
Result<job::Plan> load_plan(const Options& options, const job::Surroundings& surroundings);

}  // namespace alinktf::cmd
