#include "job/exposure.hpp"

#include "log/log.hpp"

#include <algorithm>

namespace alinktf::job {

Result<std::unique_ptr<process::NetworkIsolation>> isolate(const Plan& plan) {
  if (plan.job.isolate_network) {
    return process::NetworkIsolation::enter();
  }
  const auto members = std::count_if(plan.tasks.begin(), plan.tasks.end(), [](const auto& task) {
    return cluster::is_in_cluster(task.role);
  });
  if (members > 1) {
    log::message(log::Level::kWarn,
                 "TensorFlow's servers take orders from whoever reaches this machine on any of its "
                 "network interfaces; \"isolateNetwork\": true keeps them apart");
  }
  return std::unique_ptr<process::NetworkIsolation>();
}

}  // namespace alinktf::job
