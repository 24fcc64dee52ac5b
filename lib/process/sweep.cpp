#include "process/sweep.hpp"

#include "process/process_table.hpp"
#include "sys/fd.hpp"

#include <cerrno>
#include <csignal>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace alinktf::process {

namespace {

using Clock = std::chrono::steady_clock;
using Processes = std::unordered_map<pid_t, ProcessInfo>;

// Measured: level by level ends everything but a saturated fork bomb in far fewer rounds; that one
// was still whole after 76 s, and gone in 0.7 s once its tree was stopped first.
constexpr int kRoundsBeforeFreeze = 200;
constexpr int kFreezePasses = 100;
constexpr int kDeepest = 1000;
constexpr timespec kRoundTime{.tv_sec = 0, .tv_nsec = 5'000'000};

bool descends_from_us(Processes& all, pid_t parent) {
  const pid_t self = ::getpid();
  for (int depth = 0; parent > 1 && parent != self && depth < kDeepest; ++depth) {
    parent = all[parent].parent;
  }
  return parent == self;
}

/// SIGSTOP, unless the number has become another process's since `before` was seen.
void stop(pid_t pid, const ProcessInfo& before) {
  const sys::Fd pidfd(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
  if (pidfd && look_at(pid).parent == before.parent) {
    ::syscall(SYS_pidfd_send_signal, pidfd.get(), SIGSTOP, nullptr, 0);
  }
}

/// For what forks faster than it is killed: stop the whole tree, pass by pass, until a pass finds
/// nothing that runs.
void freeze_descendants() {
  constexpr std::string_view kNotRunning = "TtZX";
  for (int pass = 0; pass < kFreezePasses; ++pass) {
    Processes all = all_processes();
    const std::vector<std::pair<pid_t, ProcessInfo>> seen(all.begin(), all.end());
    bool running = false;
    for (const auto& [pid, process] : seen) {
      if (kNotRunning.find(process.state) == std::string_view::npos &&
          descends_from_us(all, process.parent)) {
        stop(pid, process);
        running = true;
      }
    }
    if (!running) {
      return;
    }
  }
}

/// SIGKILL direct children only: their numbers cannot be reused before we reap them, so a stranger
/// is never hit; grandchildren become children as soon as their parent is dead. False: no way to
/// see our children.
bool kill_children() {
  if (::getpid() == 1) {
    return ::kill(-1, SIGKILL) == 0 || errno == ESRCH;  // all there is in a container
  }
  if (!process_table_is_ours()) {
    return false;
  }
  // The list is quick enough to catch processes that fork and exit in a loop; a scan is not. Empty
  // although there are children: they are another thread's.
  std::vector<pid_t> children = listed_children().value_or(std::vector<pid_t>());
  if (children.empty()) {
    children = scanned_children();
  }
  for (const pid_t child : children) {
    ::kill(child, SIGKILL);
  }
  return true;
}

/// Reap what has ended. False: there are no children at all, so no descendants either.
bool reap_ended() {
  for (;;) {
    const pid_t pid = ::waitpid(-1, nullptr, WNOHANG);
    if (pid <= 0) {
      return pid == 0 || errno != ECHILD;
    }
  }
}

/// Blocks SIGCHLD while it lives, so that it can be waited for.
class BlockedChildSignal {
 public:
  BlockedChildSignal() {
    sigemptyset(&set_);
    sigaddset(&set_, SIGCHLD);
    ::pthread_sigmask(SIG_BLOCK, &set_, &before_);
  }
  BlockedChildSignal(const BlockedChildSignal&) = delete;
  BlockedChildSignal& operator=(const BlockedChildSignal&) = delete;
  BlockedChildSignal(BlockedChildSignal&&) = delete;
  BlockedChildSignal& operator=(BlockedChildSignal&&) = delete;
  ~BlockedChildSignal() { ::pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

  void wait(const timespec& limit) const { ::sigtimedwait(&set_, nullptr, &limit); }

 private:
  sigset_t set_{};
  sigset_t before_{};
};

void reap(pid_t pid) {
  siginfo_t info{};
  ::waitid(P_PID, static_cast<id_t>(pid), &info, WEXITED | WNOHANG);
}

}  // namespace

bool sweep(std::chrono::milliseconds limit) {
  const BlockedChildSignal child_signal;
  const auto end = Clock::now() + limit;
  for (int round = 1; reap_ended(); ++round) {
    if (round % kRoundsBeforeFreeze == 0) {
      freeze_descendants();
    }
    if (Clock::now() > end || !kill_children()) {
      return false;
    }
    child_signal.wait(kRoundTime);
  }
  return true;
}

void reap_strays(const std::function<bool(pid_t)>& is_task) {
  for (;;) {
    siginfo_t info{};
    if (::waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) != 0 || info.si_pid == 0) {
      return;
    }
    if (is_task(info.si_pid)) {
      break;  // the kernel would name it again and again: ask for the others one by one
    }
    reap(info.si_pid);
  }
  if (!process_table_is_ours()) {
    return;  // the next call, after the task was reaped, gets at the others
  }
  auto children = listed_children();
  if (!children) {
    children = scanned_children();
  }
  for (const pid_t child : *children) {
    if (!is_task(child)) {
      reap(child);
    }
  }
}

}  // namespace alinktf::process
