// maxRestarts: which jobs can begin again, and the attempts of one that does.
#pragma once

#include "base/result.hpp"
#include "job/attempt.hpp"
#include "job/plan.hpp"
#include "job/run_job.hpp"

#include <functional>
#include <memory>
#include <string>

namespace alinktf::job {

/// Whether the job can do what its maxRestarts asks: all inputs can be read again (no standard
/// input, FIFO, device), and rows that were written can be dropped (the output is a file or
/// directory). After source::precheck(). kSpec, with what to do.
Result<void> check_restarts(const spec::JobSpec& job);

/// Opens the output of the next attempt.
using OpenAttemptOutput = std::function<Result<std::unique_ptr<sink::Output>>()>;

/// Run attempts until one ends otherwise than by the failure of a task, or no restart is left. Of
/// the failed ones `outcome` gets the causes; what they have left running has ended before the next
/// one begins. `first` is the first one's output.
void run_attempts(const AttemptSetting& setting,
                  std::unique_ptr<sink::Output> first,
                  const OpenAttemptOutput& open_output,
                  Outcome& outcome);

}  // namespace alinktf::job
