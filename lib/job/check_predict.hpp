// What a prediction would do.
#pragma once

#include "base/result.hpp"
#include "job/plan.hpp"

#include <string>

namespace alinktf::job {

/// As describe(), for the components of Family::kPredict: the library, the model's signature, which
/// columns feed its inputs, and the columns of the output. Archives and model tables are unpacked
/// for it below the folder for temporary files. Errors as run_predict().
Result<std::string> describe_prediction(const Plan& plan);

}  // namespace alinktf::job
