// A whole prediction: no tasks, but engines.
#pragma once

#include "job/run_job.hpp"

namespace alinktf::job {

/// As run_job(), for the components of Family::kPredict.
Outcome run_predict(const Plan& plan,
                    const Surroundings& surroundings,
                    const RunOptions& options,
                    const sys::Signals& signals);

}  // namespace alinktf::job
