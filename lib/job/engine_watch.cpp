#include "job/engine_watch.hpp"

#include "job/kernel_state.hpp"
#include "job/seconds.hpp"
#include "log/log.hpp"

#include <fmt/format.h>

#include <utility>

namespace alinktf::job {

EngineWatch::EngineWatch(sys::EventLoop& loop,
                         std::chrono::milliseconds limit,
                         const predict::Engines& engines,
                         std::function<void(Error)> stop)
    : engines_(engines),
      watch_(loop,
             limit,
             {.activity = [this] { return activity(); },
              .excused = [this] { return engines_.unanswered().empty(); },
              .asked = [] { return false; },
              .warn =
                  [this](std::chrono::milliseconds idle) {
                    log::message(log::Level::kWarn,
                                 fmt::format("nothing has happened for {} s: {}",
                                             seconds(idle),
                                             describe_unanswered(engines_)));
                  },
              .stalled =
                  [this, limit, stop = std::move(stop)] {
                    stop({ErrorCode::kTimeout,
                          fmt::format("nothing has happened for {} s (stallTimeout): no answer of "
                                      "any prediction engine and no CPU time used by any; {}",
                                      seconds(limit),
                                      describe_unanswered(engines_))});
                  }}) {}

std::uint64_t EngineWatch::activity() const {
  std::uint64_t sum = 0;
  for (const predict::EngineUse& use : engines_.use()) {
    sum += use.bytes_in + use.bytes_out + cpu_ticks(use.pid);
  }
  return sum;
}

std::string describe_unanswered(const predict::Engines& engines) {
  std::string text;
  for (const auto& engine : engines.unanswered()) {
    text += fmt::format("{}engine:{} (pid {}) has {}, {}",
                        text.empty() ? "" : "; ",
                        engine.engine,
                        engine.pid,
                        engine.what,
                        kernel_state(engine.pid));
  }
  return text.empty() ? "no engine was asked anything" : text;
}

}  // namespace alinktf::job
