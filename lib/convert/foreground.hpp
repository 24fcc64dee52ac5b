// A piece of work that signals can stop, in a thread of its own.
#pragma once

#include "base/result.hpp"
#include "sys/signals.hpp"

#include <functional>

namespace alinktf::convert {

/// Run `work` in a thread, and call `tick` about five times a second meanwhile. INT, TERM, HUP and
/// QUIT call `stop` and make the descriptor that `work` gets readable. If `work` has not ended two
/// seconds later, or another such signal arrives, it is left alone: it waits for somebody who reads
/// our output. TSTP stops the process after `pause`.
///
/// Returns the signal that ended it, or 0. kInternal if the thread cannot be made.
struct Foreground {
  std::function<void(int cancel_fd)> work;
  std::function<void()> tick;
  std::function<void()> stop;
  std::function<void()> pause;

  Result<int> run(const sys::Signals& signals) const;
};

}  // namespace alinktf::convert
