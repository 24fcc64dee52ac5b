#include "job/kernel_state.hpp"

#include "process/process_table.hpp"

namespace alinktf::job {

std::string_view kernel_state(pid_t pid) {
  switch (process::look_at(pid).state) {
    case 'R':
      return "the process is computing";
    case 'S':
      return "the process is asleep";
    case 'D':
      return "the process waits for a disk or network file system";
    case 'T':
    case 't':
      return "the process is stopped (SIGSTOP or a debugger); kill -CONT lets it go on";
    default:
      return "the process is ending";
  }
}

}  // namespace alinktf::job
