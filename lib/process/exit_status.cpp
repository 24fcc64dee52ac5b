#include "process/exit_status.hpp"

#include <fmt/format.h>

#include <csignal>
#include <cstring>

namespace alinktf::process {

namespace {

/// The usual reason for death by this signal, or empty.
const char* usual_cause(int signal) {
  switch (signal) {
    case SIGKILL:
      return "; often the out-of-memory killer: see dmesg";
    case SIGSEGV:
      return "; native code crashed";
    case SIGABRT:
      return "; native code gave up, see the last lines of its log";
    case SIGBUS:
      return "; often a full disk or a full /dev/shm";
    case SIGILL:
      return "; often a library built for a newer processor (TensorFlow needs AVX)";
    case SIGXCPU:
      return "; over its limit of CPU time (ulimit -t)";
    case SIGXFSZ:
      return "; over its limit of file size (ulimit -f)";
    default:
      return "";
  }
}

}  // namespace

std::string describe(const ExitStatus& status) {
  if (status.signal == 0) {
    return fmt::format("exit status {}", status.code);
  }
  const char* name = ::sigabbrev_np(status.signal);  // null for real-time signals
  return fmt::format("killed by signal {}{}{}{}",
                     status.signal,
                     name == nullptr ? "" : fmt::format(" (SIG{})", name),
                     status.core ? ", core dumped" : "",
                     usual_cause(status.signal));
}

}  // namespace alinktf::process
