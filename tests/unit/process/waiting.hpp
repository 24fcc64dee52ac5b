// Waiting for processes and reading what they say, with deadlines instead of sleeps.
#pragma once

#include "process/child.hpp"
#include "sys/fd.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <utility>
#include <vector>

#include <poll.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace alinktf::process {

constexpr int kDeadlineMs = 20'000;  // generous: sanitizers on a busy machine

inline bool readable(int fd) {
  pollfd state{.fd = fd, .events = POLLIN, .revents = 0};
  return ::poll(&state, 1, kDeadlineMs) == 1;
}

/// Becomes readable when `pid` has ended.
inline sys::Fd watch(pid_t pid) {
  return sys::Fd(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
}

inline ExitStatus wait_for(Child& child) {
  REQUIRE(readable(child.pidfd()));
  auto status = child.try_reap();
  REQUIRE(status.ok());
  REQUIRE(status.value().has_value());
  return *status.value();
}

/// Wait status of a child that a test has forked itself.
inline int wait_for_fork(pid_t pid) {
  REQUIRE(readable(watch(pid).get()));
  int status = 0;
  REQUIRE(::waitpid(pid, &status, 0) == pid);
  return status;
}

inline sys::Pipe make_pipe() {
  auto pipe = sys::Pipe::create();
  REQUIRE(pipe.ok());
  return std::move(pipe).value();
}

inline std::string read_line(int fd) {
  std::string line;
  for (char byte = 0; readable(fd) && ::read(fd, &byte, 1) == 1 && byte != '\n';) {
    line.push_back(byte);
  }
  return line;
}

inline std::string read_to_end(int fd) {
  std::string text;
  for (char byte = 0; readable(fd) && ::read(fd, &byte, 1) == 1;) {
    text.push_back(byte);
  }
  return text;
}

/// A shell that runs `script` and what it prints.
struct Shell {
  Child child;
  sys::Fd output;
};

inline Shell start_shell(const std::string& script,
                         std::vector<std::pair<int, int>> fds = {},
                         Isolation isolation = Isolation::kSession) {
  sys::Pipe pipe = make_pipe();
  fds.emplace_back(STDOUT_FILENO, pipe.write.get());
  auto child = Child::start({.argv = {"/bin/sh", "-c", script},
                             .env = {"PATH=/usr/bin:/bin", "JOB=iris"},
                             .fds = std::move(fds),
                             .isolation = isolation});
  REQUIRE(child.ok());
  return {.child = std::move(child).value(), .output = std::move(pipe.read)};
}

/// From now on this process, a child of the test, cannot fork. (For root there is no limit.)
inline bool forbid_fork() {
  constexpr uid_t kNobody = 65534;
  const rlimit none{};
  return ::setrlimit(RLIMIT_NPROC, &none) == 0 && (::getuid() != 0 || ::setuid(kNobody) == 0);
}

}  // namespace alinktf::process
