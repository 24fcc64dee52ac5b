#include "convert/foreground.hpp"

#include "process/guardian.hpp"
#include "sys/thread.hpp"

#include <array>
#include <chrono>

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

namespace alinktf::convert {

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds kTick{200};
constexpr std::chrono::seconds kPatience{2};

Result<sys::Fd> make_event() {
  sys::Fd event(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  if (!event) {
    return os_error(ErrorCode::kInternal, "eventfd");
  }
  return event;
}

void set_event(const sys::Fd& event) {
  const std::uint64_t one = 1;
  static_cast<void>(!::write(event.get(), &one, sizeof one));
}

/// Wait until a signal is there or the work is done: true if it is done.
bool wait(const sys::Signals& signals, const sys::Fd& done) {
  std::array<pollfd, 2> fds{pollfd{.fd = done.get(), .events = POLLIN, .revents = 0},
                            pollfd{.fd = signals.fd(), .events = POLLIN, .revents = 0}};
  static_cast<void>(::poll(fds.data(), fds.size(), static_cast<int>(kTick.count())));
  return fds[0].revents != 0;
}

bool ends(int signal) {
  return signal == SIGINT || signal == SIGTERM || signal == SIGHUP || signal == SIGQUIT;
}

}  // namespace

Result<int> Foreground::run(const sys::Signals& signals) const {
  ALINKTF_ASSIGN_OR_RETURN(const sys::Fd cancel, make_event());
  ALINKTF_ASSIGN_OR_RETURN(const sys::Fd done, make_event());
  ALINKTF_ASSIGN_OR_RETURN(auto thread, sys::start_thread([&] {
                             work(cancel.get());
                             set_event(done);
                           }));
  int ended_by = 0;
  Clock::time_point until = Clock::time_point::max();
  while (!wait(signals, done)) {
    const auto signal = signals.next();
    if (signal == SIGTSTP) {
      pause();
      ::raise(SIGSTOP);
    }
    const bool again = ended_by != 0 && signal && ends(*signal);
    if (again || Clock::now() > until) {
      process::end_like(ended_by);
    }
    if (signal && ends(*signal)) {
      ended_by = *signal;
      until = Clock::now() + kPatience;
      stop();
      set_event(cancel);
    }
    tick();
  }
  thread.join();
  return ended_by;
}

}  // namespace alinktf::convert
