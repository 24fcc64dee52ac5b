// What a process is doing, by the kernel's word.
#pragma once

#include <string_view>

#include <sys/types.h>

namespace alinktf::job {

/// In words: "the process is asleep". Source: proc(5), the state in /proc/PID/stat.
std::string_view kernel_state(pid_t pid);

}  // namespace alinktf::job
