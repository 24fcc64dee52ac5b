// Threads that the machine may refuse.
#pragma once

#include "base/result.hpp"
#include "sys/event_loop.hpp"

#include <functional>
#include <thread>

namespace alinktf::sys {

/// Run `work` in a thread of its own, which the caller joins. kInternal if there is none to be had
/// (ulimit -u, the pids limit of a cgroup), where std::thread would throw.
Result<std::thread> start_thread(std::function<void()> work);

/// Run `work` in a thread of its own while this one turns `loop`; returns what the work returned,
/// or else why there was no thread or no loop. What ends the work early is up to the handlers of
/// the loop.
Result<void> run_beside(EventLoop& loop, const std::function<Result<void>()>& work);

}  // namespace alinktf::sys
