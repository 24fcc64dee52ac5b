// How a process ended and what it used.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace alinktf::process {

/// The end of a process: an exit code, or the signal that killed it.
struct ExitStatus {
  int code = 0;       ///< 0 to 255; meaningless if `signal` is set.
  int signal = 0;     ///< 0: it exited by itself.
  bool core = false;  ///< The kernel wrote a core file.

  /// CPU time, user and system, of the process and of those of its children that it waited for.
  std::chrono::microseconds cpu{0};
  /// Most memory resident at once, in bytes, of the largest among these. Not below what the
  /// parent had at the start: until execve a vforked child runs in the parent's memory.
  std::uint64_t max_rss_bytes = 0;

  [[nodiscard]] bool success() const { return signal == 0 && code == 0; }
};

/// In words, with the usual cause where there is one: "exit status 3",
/// "killed by signal 9 (SIGKILL); often the out-of-memory killer: see dmesg".
std::string describe(const ExitStatus& status);

/// How many processes the kernel's out-of-memory killer has ended since the machine was started,
/// by the text of /proc/vmstat; nothing if it does not say.
std::optional<std::uint64_t> oom_kills_in(std::string_view vmstat);
std::optional<std::uint64_t> oom_kills();

/// The same of a process that was started when oom_kills() was `oom_kills_before`: of a SIGKILL it
/// says whether the out-of-memory killer has acted since, if that is known.
std::string describe(const ExitStatus& status, std::optional<std::uint64_t> oom_kills_before);

}  // namespace alinktf::process
