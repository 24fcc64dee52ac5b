// Signals as events: blocked, and read from a descriptor.
#pragma once

#include "base/result.hpp"
#include "sys/fd.hpp"

#include <csignal>
#include <optional>

namespace alinktf::sys {

/// Blocks INT, TERM, HUP, QUIT, TSTP, CONT and CHLD for this thread and those it starts, and gives
/// them out through fd(). Signals that were ignored when the program started (nohup) stay ignored.
/// One per process, made before any thread. SIGPIPE and SIGXFSZ are ignored from then on.
class Signals {
 public:
  static Result<Signals> block();

  Signals(Signals&&) = default;
  Signals& operator=(Signals&&) = default;
  Signals(const Signals&) = delete;
  Signals& operator=(const Signals&) = delete;
  ~Signals();

  [[nodiscard]] int fd() const { return fd_.get(); }

  /// The next signal that has arrived, or nothing.
  [[nodiscard]] std::optional<int> next() const;

  /// Keep them blocked when this object goes: what the program ends with is decided, and a signal
  /// that comes now, as the second of one Ctrl-C, must not change it.
  void leave_blocked() { left_blocked_ = true; }

 private:
  Signals(Fd fd, const sigset_t& before) : fd_(std::move(fd)), before_(before) {}

  Fd fd_;
  sigset_t before_{};
  bool left_blocked_ = false;
};

}  // namespace alinktf::sys
