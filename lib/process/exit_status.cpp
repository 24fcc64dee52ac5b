#include "process/exit_status.hpp"

#include <fmt/format.h>

#include <charconv>
#include <csignal>
#include <cstring>
#include <fstream>
#include <iterator>

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

std::string describe(const ExitStatus& status, const char* signal_cause) {
  if (status.signal == 0) {
    return fmt::format("exit status {}", status.code);
  }
  const char* name = ::sigabbrev_np(status.signal);  // null for real-time signals
  return fmt::format("killed by signal {}{}{}{}",
                     status.signal,
                     name == nullptr ? "" : fmt::format(" (SIG{})", name),
                     status.core ? ", core dumped" : "",
                     signal_cause);
}

}  // namespace

std::string describe(const ExitStatus& status) {
  return describe(status, usual_cause(status.signal));
}

std::optional<std::uint64_t> oom_kills_in(std::string_view vmstat) {
  constexpr std::string_view kName = "\noom_kill ";
  const std::size_t at = vmstat.find(kName);
  std::uint64_t count = 0;
  if (at == std::string_view::npos) {
    return std::nullopt;
  }
  vmstat.remove_prefix(at + kName.size());
  const auto parsed = std::from_chars(vmstat.data(), vmstat.data() + vmstat.size(), count);
  return parsed.ec == std::errc() ? std::optional(count) : std::nullopt;
}

std::optional<std::uint64_t> oom_kills() {
  std::ifstream file("/proc/vmstat");
  return oom_kills_in(std::string(std::istreambuf_iterator<char>(file), {}));
}

std::string describe(const ExitStatus& status, std::optional<std::uint64_t> oom_kills_before) {
  if (status.signal != SIGKILL || !oom_kills_before) {
    return describe(status);
  }
  const auto now = oom_kills();
  if (!now) {
    return describe(status);
  }
  return describe(
      status,
      *now > *oom_kills_before
          ? "; the kernel's out-of-memory killer has acted since the job began: see dmesg"
          : "; not by the kernel's out-of-memory killer");
}

}  // namespace alinktf::process
