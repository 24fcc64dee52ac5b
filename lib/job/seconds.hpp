// Times for people and for reports.
#pragma once

#include <chrono>

namespace alinktf::job {

/// Any duration in seconds.
inline double seconds(std::chrono::duration<double> time) {
  return time.count();
}

}  // namespace alinktf::job
