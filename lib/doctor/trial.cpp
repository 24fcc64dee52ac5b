#include "doctor/trial.hpp"

#include "process/child.hpp"
#include "sys/event_loop.hpp"
#include "sys/fd.hpp"

#include <array>
#include <cerrno>

#include <fcntl.h>
#include <sys/epoll.h>
#include <unistd.h>

namespace alinktf::doctor {

namespace {

constexpr std::size_t kKept = 64U << 10U;

/// Append what is there to `output`; false at the end of the pipe.
bool read_some(int fd, std::string& output) {
  std::array<char, 4096> buffer{};
  const ssize_t got = ::read(fd, buffer.data(), buffer.size());
  if (got > 0) {
    output.append(buffer.data(), static_cast<std::size_t>(got));
    if (output.size() > 2 * kKept) {
      output.erase(0, output.size() - kKept);
    }
  }
  return got > 0 || (got < 0 && (errno == EINTR || errno == EAGAIN));
}

}  // namespace

Result<Trial> try_program(const std::vector<std::string>& argv,
                          const std::vector<std::string>& env,
                          std::chrono::seconds limit) {
  ALINKTF_ASSIGN_OR_RETURN(auto pipe, sys::Pipe::create());
  ALINKTF_ASSIGN_OR_RETURN(const auto loop, sys::EventLoop::create());
  ALINKTF_ASSIGN_OR_RETURN(
      auto child,
      process::Child::start(
          {.argv = argv, .env = env, .fds = {{1, pipe.write.get()}, {2, pipe.write.get()}}}));
  pipe.write = sys::Fd();
  Trial trial;
  Result<void> reaped;
  ALINKTF_TRY(loop->watch(pipe.read.get(), EPOLLIN, [&](std::uint32_t) {
    if (!read_some(pipe.read.get(), trial.output)) {
      loop->forget(pipe.read.get());
    }
  }));
  const int pidfd = child.pidfd();
  ALINKTF_TRY(loop->watch(pidfd, EPOLLIN, [&](std::uint32_t) {
    loop->forget(pidfd);
    auto status = child.try_reap();
    if (status.ok()) {
      trial.status = status.value();
    } else {
      reaped = status.error();
    }
  }));
  bool late = false;
  loop->call_after(limit, [&] { late = true; });
  ALINKTF_TRY(loop->run([&] { return late || !child.running() || !reaped.ok(); }));
  ALINKTF_TRY(std::move(reaped));
  // What it wrote last may still be in the pipe; its end need not come, for a grandchild may hold
  // it.
  ALINKTF_TRY(sys::set_nonblocking(pipe.read.get()));
  for (std::size_t before = trial.output.size() + 1; before != trial.output.size();) {
    before = trial.output.size();
    static_cast<void>(read_some(pipe.read.get(), trial.output));
  }
  return trial;
}

}  // namespace alinktf::doctor
