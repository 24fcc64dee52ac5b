// How long work outside the event loop learns that it is to end.
#pragma once

#include "base/result.hpp"

#include <functional>

namespace alinktf::sys {

struct Interruption {
  /// Called again and again while the work goes on; its error ends the work. Never waits.
  std::function<Result<void>()> check = [] { return Result<void>(); };
  /// Readable when check() may have something to say, so that waiting for the network ends; -1:
  /// none.
  int fd = -1;
};

}  // namespace alinktf::sys
