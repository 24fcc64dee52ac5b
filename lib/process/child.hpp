// Owner of one running child process and its group.
#pragma once

#include "base/result.hpp"
#include "process/exit_status.hpp"
#include "process/spawn.hpp"
#include "sys/fd.hpp"

#include <optional>

#include <sys/types.h>

namespace alinktf::process {

/// Owns a child and its process group: only a Child waits for its pid. On destruction, what has not
/// been reaped is killed with its whole group, then reaped. Move-only; main thread only.
///
/// Life: start(); watch pidfd() in the event loop; when it becomes readable, try_reap().
class Child {
 public:
  /// spawn() and own it. Errors as spawn().
  static Result<Child> start(const ChildSpec& spec);

  explicit Child(Spawned spawned) : pid_(spawned.pid), pidfd_(std::move(spawned.pidfd)) {}
  Child(Child&& other) noexcept;
  Child& operator=(Child&& other) noexcept;
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  ~Child();

  /// The child's pid, which is also its group's number. Stays for messages after the child was
  /// reaped.
  [[nodiscard]] pid_t pid() const { return pid_; }
  /// Readable once the child has ended (all its threads). -1 once reaped.
  [[nodiscard]] int pidfd() const { return pidfd_.get(); }
  /// True until try_reap() has returned a status.
  [[nodiscard]] bool running() const { return static_cast<bool>(pidfd_); }

  /// Send `signo` to the whole group. No effect once reaped.
  void signal_group(int signo) const;
  /// Ask the group to end: TERM, then CONT, which a stopped process needs to notice.
  void terminate() const;
  /// SIGKILL to the whole group.
  void kill() const;

  /// How the child ended, or nothing if it still runs. Kills the rest of its group, then reaps the
  /// child. Never waits. kInternal if someone else has reaped it. Not to be called after a status
  /// was returned.
  Result<std::optional<ExitStatus>> try_reap();

 private:
  pid_t pid_ = -1;
  sys::Fd pidfd_;  ///< Empty: nothing to reap.
};

}  // namespace alinktf::process
