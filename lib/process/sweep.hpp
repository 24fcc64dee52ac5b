// Leave no descendant behind.
#pragma once

#include <chrono>
#include <functional>

#include <sys/types.h>

namespace alinktf::process {

/// How long what cannot be killed at once is waited for.
inline constexpr std::chrono::seconds kSweepLimit{10};

/// SIGKILL every descendant of this process and reap it, until there are none. The process must be
/// a child sub-reaper (start_guarded() makes it one) or pid 1. Reaps every child: call it when no
/// Child is owned any more, from the thread that started them.
///
/// False if some were left after `limit` (in an uninterruptible system call, or set-uid), or if
/// /proc belongs to another pid namespace and so does not show our children.
bool sweep(std::chrono::milliseconds limit = kSweepLimit);

/// Reap adopted strays that have ended: daemons of workers become our zombies. Children for which
/// `is_task` says true are left to their owners. Call on SIGCHLD and after a task was reaped; never
/// waits.
void reap_strays(const std::function<bool(pid_t)>& is_task);

}  // namespace alinktf::process
