// Who may reach the servers of a job's tasks.
#pragma once

#include "base/result.hpp"
#include "job/plan.hpp"
#include "process/network_isolation.hpp"

#include <memory>

namespace alinktf::job {

/// Enter namespaces of its own if the job asks for that (isolateNetwork); null if it does not, with
/// a warning if its tasks are a cluster: TensorFlow's servers listen on every interface and ask
/// nobody who he is. Before any thread; after it nothing outside can be downloaded. Errors as
/// process::NetworkIsolation::enter().
Result<std::unique_ptr<process::NetworkIsolation>> isolate(const Plan& plan);

}  // namespace alinktf::job
