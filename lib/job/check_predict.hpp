// What a prediction would do.
#pragma once

#include "base/result.hpp"
#include "job/plan.hpp"
#include "predict/binding.hpp"

#include <string>

namespace alinktf::job {

/// What a prediction runs with, and how columns and tensors belong together.
struct PredictionPlan {
  std::string library;   ///< TensorFlow's, the file; empty: in an archive that is not unpacked yet
  std::string saved_by;  ///< version of the TensorFlow that saved the model; empty: not known
  predict::Binding binding;
};

/// The plan of a component of Family::kPredict. Archives and model tables are unpacked for it below
/// `scratch_parent`. Errors as run_predict().
Result<PredictionPlan> plan_prediction(const Plan& plan, const std::string& scratch_parent);

}  // namespace alinktf::job
