#include "job/early_stop.hpp"

#include <fmt/format.h>

#include <csignal>
#include <cstring>

namespace alinktf::job {

sys::Interruption early_stop(const sys::Signals& signals, int& stop_signal) {
  const auto check = [&signals, &stop_signal]() -> Result<void> {
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
    return {};
  };
  return {.check = check, .fd = signals.fd()};
}

}  // namespace alinktf::job
