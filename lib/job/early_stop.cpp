#include "job/early_stop.hpp"

#include "job/seconds.hpp"

#include <fmt/format.h>

#include <csignal>
#include <cstring>

namespace alinktf::job {

sys::Interruption early_stop(const sys::Signals& signals,
                             int& stop_signal,
                             std::optional<EarlyDeadline> deadline) {
  const auto check = [&signals, &stop_signal, deadline]() -> Result<void> {
    while (const auto signo = signals.next()) {
      switch (*signo) {
        case SIGCHLD:
        case SIGCONT:
        case SIGQUIT:
          break;
        case SIGTSTP:
          ::raise(SIGSTOP);  // returns when somebody continues us
          break;
        default:
          stop_signal = *signo;
          return Error(ErrorCode::kCancelled,
                       fmt::format("stopped by SIG{}", ::sigabbrev_np(*signo)));
      }
    }
    if (deadline && std::chrono::steady_clock::now() >= deadline->at) {
      return timed_out(deadline->timeout);
    }
    return {};
  };
  return {.check = check, .fd = signals.fd()};
}

Error timed_out(std::chrono::milliseconds timeout) {
  return {ErrorCode::kTimeout,
          fmt::format("the job did not end within its timeout of {} s", seconds(timeout))};
}

}  // namespace alinktf::job
