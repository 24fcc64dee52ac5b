#include "sys/fifo.hpp"

#include "sys/thread.hpp"

#include <fmt/format.h>

#include <array>
#include <cerrno>
#include <csignal>

#include <fcntl.h>
#include <poll.h>
#include <sys/signalfd.h>

namespace alinktf::sys {

namespace {

Result<Fd> make_signal_fd() {
  sigset_t signals;
  sigemptyset(&signals);
  for (const int signo : {SIGINT, SIGTERM, SIGHUP}) {
    sigaddset(&signals, signo);
  }
  Fd fd(::signalfd(-1, &signals, SFD_CLOEXEC));
  return fd ? Result<Fd>(std::move(fd)) : os_error(ErrorCode::kInternal, "signalfd");
}

/// Wait until one of them is readable or at its end: true if `first` is.
bool wait_for_first(const Fd& first, const Fd& second) {
  std::array<pollfd, 2> fds{pollfd{.fd = first.get(), .events = POLLIN, .revents = 0},
                            pollfd{.fd = second.get(), .events = POLLIN, .revents = 0}};
  while (::poll(fds.data(), fds.size(), -1) < 0 && errno == EINTR) {
  }
  return fds[0].revents != 0;
}

}  // namespace

Result<Fd> open_fifo_for_writing(const std::string& path) {
  // All opens mean the same FIFO, whatever becomes of its name.
  ALINKTF_ASSIGN_OR_RETURN(const Fd place, Fd::open(path, O_PATH));
  const std::string same = fmt::format("/proc/self/fd/{}", place.get());
  ALINKTF_ASSIGN_OR_RETURN(const Fd stopped, make_signal_fd());
  ALINKTF_ASSIGN_OR_RETURN(auto opened, Pipe::create());
  Result<Fd> fifo = Fd();
  // open(2) alone notices a reader that waits in its own open(2), and it cannot be polled.
  ALINKTF_ASSIGN_OR_RETURN(auto thread, start_thread([&] {
                             fifo = Fd::open(same, O_WRONLY | O_NOCTTY);
                             opened.write = Fd();
                           }));
  const bool stop = wait_for_first(stopped, opened.read);
  const Fd reader(stop ? ::open(same.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC) : -1);
  thread.join();
  return stop ? Result<Fd>(Fd()) : std::move(fifo);
}

}  // namespace alinktf::sys
