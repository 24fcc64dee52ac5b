// Start a child process: the only door to fork and exec.
#pragma once

#include "base/result.hpp"
#include "sys/fd.hpp"

#include <string>
#include <utility>
#include <vector>

#include <sys/types.h>

namespace alinktf::process {

enum class Isolation { kGroup, kSession };

/// What to start. The child gets 0, 1, 2 and exactly the descriptors named in `fds`; if `fds` does
/// not name 0, its standard input is /dev/null.
struct ChildSpec {
  std::vector<std::string> argv;         ///< Not empty; argv[0] is a path; no PATH search.
  std::vector<std::string> env;          ///< The whole environment, as NAME=value.
  std::vector<std::pair<int, int>> fds;  ///< {number in the child, descriptor here}.
  Isolation isolation = Isolation::kSession;
};

/// A started child. Its owner waits until `pidfd` is readable and then reaps `pid`: see Child.
struct Spawned {
  pid_t pid = -1;
  sys::Fd pidfd;
};

/// Start a child that leads its own process group or session, gets SIGKILL when the calling thread
/// ends, and starts with an empty signal mask and every signal at its default, SIGPIPE and those
/// that we ignore (nohup) included.
///
/// Returns once the child has reached execve. kWorker with the step and errno if it did not; it has
/// been reaped then. Call from the main thread only: PR_SET_PDEATHSIG is tied to the thread.
Result<Spawned> spawn(const ChildSpec& spec);

}  // namespace alinktf::process
