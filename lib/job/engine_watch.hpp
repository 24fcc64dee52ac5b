// Notices engines that do not answer any more.
#pragma once

#include "base/result.hpp"
#include "job/stall_watch.hpp"
#include "predict/engines.hpp"
#include "sys/event_loop.hpp"

#include <chrono>
#include <functional>
#include <string>

namespace alinktf::job {

/// Ends a prediction that stalls: an engine was asked something, and for `limit` there has been no
/// byte from any engine and no CPU time used by any. Waiting for the input, or for who reads the
/// output, is no stall. Warns first, as StallWatch does. Main thread only.
class EngineWatch {
 public:
  /// Calls `stop` with kTimeout, naming what the engines had. `engines` must outlive this object.
  EngineWatch(sys::EventLoop& loop,
              std::chrono::milliseconds limit,
              const predict::Engines& engines,
              std::function<void(Error)> stop);

 private:
  [[nodiscard]] std::uint64_t activity() const;

  const predict::Engines& engines_;
  StallWatch watch_;
};

/// What `engines` were asked and have not answered, and what the kernel says of them: "engine:0
/// (pid 17) has rows 1 to 8 for 12.0 s, the process is asleep". "no engine was asked anything" if
/// nothing.
std::string describe_unanswered(const predict::Engines& engines);

}  // namespace alinktf::job
