#include "sys/signals.hpp"

#include <array>

#include <sys/signalfd.h>
#include <unistd.h>

namespace alinktf::sys {

namespace {

constexpr std::array kHandled{SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP, SIGCONT, SIGCHLD};

bool ignored(int signal) {
  struct sigaction action {};
  return ::sigaction(signal, nullptr, &action) == 0 && action.sa_handler == SIG_IGN;
}

}  // namespace

Result<Signals> Signals::block() {
  // A write that fails says so itself: no reader, or over the limit of file size (ulimit -f).
  for (const int signal : {SIGPIPE, SIGXFSZ}) {
    ::signal(signal, SIG_IGN);  // NOLINT(cert-err33-c): cannot fail for a valid signal
  }
  sigset_t set;
  sigemptyset(&set);
  for (const int signal : kHandled) {
    if (!ignored(signal)) {
      sigaddset(&set, signal);
    }
  }
  sigset_t before;
  if (::pthread_sigmask(SIG_BLOCK, &set, &before) != 0) {
    return os_error(ErrorCode::kInternal, "pthread_sigmask");
  }
  Fd fd(::signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK));
  if (!fd) {
    return os_error(ErrorCode::kInternal, "signalfd");
  }
  return Signals(std::move(fd), before);
}

Signals::~Signals() {
  if (fd_ && !left_blocked_) {
    ::pthread_sigmask(SIG_SETMASK, &before_, nullptr);
  }
}

std::optional<int> Signals::next() const {
  signalfd_siginfo info{};
  if (::read(fd_.get(), &info, sizeof info) != sizeof info) {
    return std::nullopt;
  }
  return static_cast<int>(info.ssi_signo);
}

}  // namespace alinktf::sys
