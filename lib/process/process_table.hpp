// What /proc says about processes.
#pragma once

#include <optional>
#include <unordered_map>
#include <vector>

#include <sys/types.h>

namespace alinktf::process {

struct ProcessInfo {
  pid_t parent = -1;  ///< -1: there is no such process.
  char state = 0;     ///< R, S, D, T, Z …: proc(5), field 3 of /proc/PID/stat.
};

/// False without /proc, or if it belongs to another pid namespace: its numbers are not ours then.
bool process_table_is_ours();

ProcessInfo look_at(pid_t pid);

/// True if a child of ours is on its way out, or waits to be reaped. The kernel says so before it
/// closes the first of its descriptors, so before others can notice. False if /proc is not ours.
bool is_exiting(pid_t child);

/// All processes but pid 1. About 10 µs each.
std::unordered_map<pid_t, ProcessInfo> all_processes();

/// Children of the main thread, 20 µs. Adopted processes are among them: the kernel gives orphans
/// to the main thread while that lives. Nothing if the kernel does not tell (CONFIG_PROC_CHILDREN).
std::optional<std::vector<pid_t>> listed_children();

/// Children of any thread, found by looking at every process.
std::vector<pid_t> scanned_children();

}  // namespace alinktf::process
