// Nothing the job starts outlives it, however it ends.
#pragma once

#include "process/sweep.hpp"

#include <chrono>
#include <string>

namespace alinktf::process {

/// Call first in main, before any thread. Forks twice and returns in the runner only:
///
///   front     keeps the pid, process group and terminal the shell knows; waits, forwards signals,
///             mirrors the runner's end
///   guardian  own session and name (tf-guardian), so that a kill aimed at the job's group or name
///             misses it
///   runner    in the shell's process group: may read the terminal, gets Ctrl-C and Ctrl-Z itself
///
/// Each is a child sub-reaper that sweeps before it ends: one survivor of the three is enough to
/// leave nothing behind. A killed front or guardian is a SIGTERM for the runner; a stop signal sent
/// to front or guardian arrives at the runner too (twice, if the terminal sent it).
///
/// In the runner the signal mask is empty, SIGCHLD and SIGTERM have their default actions, and
/// other signals that the caller ignored (nohup) are still ignored. If a fork fails: a line on
/// stderr and exit status 1.
///
/// `grace` is the time that the runner may take to end after SIGTERM, until the job file says it
/// better: set_runner_grace().
void start_guarded(std::chrono::milliseconds grace);

/// Tell the front how long the runner may take to end after SIGTERM, should the guardian be killed.
/// No effect without start_guarded().
void set_runner_grace(std::chrono::milliseconds grace);

/// Have the guards remove this directory once nothing of the job runs: its owner, the runner, may
/// be killed. No effect without start_guarded(); of several directories only the last counts.
void remove_when_ended(const std::string& directory);

/// End as a process with this wait status ended: same exit code, or death by the same signal but
/// without a core file. For a signal alone the wait status is its number.
[[noreturn]] void end_like(int wait_status);

}  // namespace alinktf::process
