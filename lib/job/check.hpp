// alinktf check: the plan as text, nothing started.
#pragma once

#include "base/result.hpp"
#include "job/plan.hpp"

#include <string>

namespace alinktf::job {

/// Describe `plan` for a person: tasks with their TF_CONFIG (ports as PORT), how rows are split,
/// which column becomes which feature with a feature spec to paste, output columns, interpreter.
/// Reads the start of the input if the columns depend on it (select). kInput, kSpec as opening the
/// input.
Result<std::string> describe(const Plan& plan);

}  // namespace alinktf::job
