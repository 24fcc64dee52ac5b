#include "process/guardian.hpp"

#include "unit/process/waiting.hpp"

#include <catch2/catch.hpp>

#include <chrono>
#include <csignal>
#include <functional>
#include <string>

namespace alinktf::process {
namespace {

/// Wait status of a process that does `deed`.
int status_after(const std::function<void()>& deed) {
  const pid_t pid = ::fork();
  if (pid == 0) {
    deed();
    ::_exit(99);
  }
  return wait_for_fork(pid);
}

/// Wait status of a guarded process whose runner does `deed`.
int guarded(const std::function<void()>& deed) {
  return status_after([&] {
    start_guarded(std::chrono::milliseconds(200));
    deed();
  });
}

/// The guardian leaves the session after it has forked the runner.
bool comes_to_lead_a_session(pid_t pid) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::milliseconds(kDeadlineMs);
  while (::getsid(pid) != pid) {
    if (std::chrono::steady_clock::now() > deadline) {
      return false;
    }
  }
  return true;
}

TEST_CASE("A process ends like another by code or by signal", "[process][guardian]") {
  CHECK(status_after([] { end_like(3 << 8); }) == 3 << 8);
  CHECK(status_after([] { end_like(SIGTERM); }) == SIGTERM);
  CHECK(status_after([] { end_like(SIGKILL); }) == SIGKILL);
}

TEST_CASE("A signal that would write a core file does not when it is imitated",
          "[process][guardian]") {
  const int status = status_after([] { end_like(SIGSEGV); });
  CHECK(WTERMSIG(status) == SIGSEGV);
  CHECK_FALSE(WCOREDUMP(status));
}

TEST_CASE("A process ends by a signal that it ignores and blocks", "[process][guardian]") {
  CHECK(status_after([] {
          sigset_t set;
          sigemptyset(&set);
          sigaddset(&set, SIGINT);
          ::pthread_sigmask(SIG_BLOCK, &set, nullptr);
          ::signal(SIGINT, SIG_IGN);
          end_like(SIGINT);
        }) == SIGINT);
}

TEST_CASE("The front ends as the runner ended", "[process][guardian]") {
  CHECK(guarded([] { ::_exit(0); }) == 0);
  CHECK(guarded([] { ::_exit(7); }) == 7 << 8);
  CHECK(guarded([] { end_like(SIGINT); }) == SIGINT);
}

TEST_CASE("The runner stays in the group it was started in and the guardian leaves it",
          "[process][guardian]") {
  const pid_t group = ::getpgrp();
  CHECK(guarded([&] {
          const bool left = comes_to_lead_a_session(::getppid());
          ::_exit(::getpgrp() == group && left ? 0 : 1);
        }) == 0);
}

TEST_CASE("A pipe's reader sees the end as soon as the runner closes it", "[process][guardian]") {
  sys::Pipe pipe = make_pipe();
  sys::Pipe hold = make_pipe();
  const pid_t front = ::fork();
  if (front == 0) {
    hold.write = sys::Fd();
    ::dup2(pipe.write.get(), STDOUT_FILENO);
    start_guarded(std::chrono::milliseconds(200));
    ::close(STDOUT_FILENO);
    pipe.write = sys::Fd();
    char byte = 0;
    static_cast<void>(!::read(hold.read.get(), &byte, 1));  // until the test is done
    ::_exit(0);
  }
  pipe.write = sys::Fd();
  CHECK(readable(pipe.read.get()));
  hold.write = sys::Fd();
  CHECK(wait_for_fork(front) == 0);
}

TEST_CASE("A machine that refuses to fork is told on stderr", "[process][guardian]") {
  sys::Pipe pipe = make_pipe();
  const int status = status_after([&] {
    ::dup2(pipe.write.get(), STDERR_FILENO);
    if (forbid_fork()) {
      start_guarded(std::chrono::milliseconds(200));
    }
  });
  pipe.write = sys::Fd();
  CHECK(status == 1 << 8);
  CHECK(read_to_end(pipe.read.get()) ==
        "alinktf: cannot start: fork: Resource temporarily unavailable\n");
}

TEST_CASE("Standard descriptors that are closed are not given to other files",
          "[process][guardian]") {
  CHECK(status_after([] {
          ::close(STDIN_FILENO);
          ::close(STDOUT_FILENO);
          start_guarded(std::chrono::milliseconds(200));
          const sys::Pipe pipe = sys::Pipe::create().value();
          const bool apart = pipe.read.get() > STDERR_FILENO;
          const bool still_closed = ::write(STDOUT_FILENO, "x", 1) == -1;
          ::_exit(apart && still_closed ? 0 : 1);
        }) == 0);
}

TEST_CASE("A signal that was ignored stays ignored for the runner but TERM never is",
          "[process][guardian]") {
  CHECK(status_after([] {
          ::signal(SIGHUP, SIG_IGN);
          ::signal(SIGTERM, SIG_IGN);
          start_guarded(std::chrono::milliseconds(200));
          struct sigaction hup {};
          struct sigaction term {};
          ::sigaction(SIGHUP, nullptr, &hup);
          ::sigaction(SIGTERM, nullptr, &term);
          ::_exit(hup.sa_handler == SIG_IGN && term.sa_handler == SIG_DFL ? 0 : 1);
        }) == 0);
}

}  // namespace
}  // namespace alinktf::process
