// Threads that the machine may refuse.
#pragma once

#include "base/result.hpp"

#include <functional>
#include <thread>

namespace alinktf::sys {

/// Run `work` in a thread of its own, which the caller joins. kInternal if there is none to be had
/// (ulimit -u, the pids limit of a cgroup), where std::thread would throw.
Result<std::thread> start_thread(std::function<void()> work);

}  // namespace alinktf::sys
