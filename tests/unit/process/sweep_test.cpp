#include "process/sweep.hpp"

#include "unit/process/waiting.hpp"

#include <catch2/catch.hpp>

#include <cerrno>
#include <csignal>

#include <sys/prctl.h>

namespace alinktf::process {
namespace {

/// A child of this test that has ended and waits to be reaped.
pid_t make_zombie() {
  const pid_t pid = ::fork();
  if (pid == 0) {
    ::_exit(0);
  }
  siginfo_t info{};
  REQUIRE(::waitid(P_PID, static_cast<id_t>(pid), &info, WEXITED | WNOWAIT) == 0);
  return pid;
}

bool is_reaped(pid_t pid) {
  siginfo_t info{};
  return ::waitid(P_PID, static_cast<id_t>(pid), &info, WEXITED | WNOHANG | WNOWAIT) == -1 &&
         errno == ECHILD;
}

TEST_CASE("Strays are reaped around a task that has ended and was not reaped yet",
          "[process][sweep]") {
  const pid_t before = make_zombie();
  const pid_t task = make_zombie();  // the kernel names it first once `before` is gone
  const pid_t after = make_zombie();
  reap_strays([&](pid_t pid) { return pid == task; });
  CHECK(is_reaped(before));
  CHECK(is_reaped(after));
  CHECK_FALSE(is_reaped(task));
  CHECK(::waitpid(task, nullptr, 0) == task);
}

TEST_CASE("Running children are left alone when strays are reaped", "[process][sweep]") {
  const Shell shell = start_shell("exec sleep 600");
  const pid_t stray = make_zombie();
  reap_strays([](pid_t) { return false; });
  CHECK(is_reaped(stray));
  CHECK_FALSE(is_reaped(shell.child.pid()));
}

TEST_CASE("A sweep leaves no descendant of any kind", "[process][sweep]") {
  // Whoever is left holds the write end of `alive`.
  sys::Pipe alive = make_pipe();
  const std::string script =
      "sleep 600 & setsid sleep 600 & (setsid sh -c 'sleep 600 & sleep 600' &) ;"
      "(trap '' TERM HUP INT; exec sleep 600) & setsid sh -c 'kill -STOP $$' &"
      "(sh -c 'sh -c \"sleep 600; :\"; :') & echo ready; wait";
  const pid_t reaper = ::fork();
  if (reaper == 0) {
    ::prctl(PR_SET_CHILD_SUBREAPER, 1);
    alive.read = sys::Fd();
    Shell shell = start_shell(script, {{3, alive.write.get()}});
    const bool started = read_line(shell.output.get()) == "ready";
    const bool swept = sweep(std::chrono::seconds(10));
    const bool none_left = ::waitpid(-1, nullptr, WNOHANG) == -1 && errno == ECHILD;
    ::_exit((started ? 0 : 1) + (swept ? 0 : 2) + (none_left ? 0 : 4));
  }
  alive.write = sys::Fd();
  CHECK(wait_for_fork(reaper) == 0);
  CHECK(read_to_end(alive.read.get()).empty());  // returns once nobody holds the other end
}

TEST_CASE("A sweep restores the signal mask", "[process][sweep]") {
  CHECK(sweep(std::chrono::seconds(1)));
  sigset_t now;
  ::pthread_sigmask(SIG_SETMASK, nullptr, &now);
  CHECK(sigismember(&now, SIGCHLD) == 0);
}

}  // namespace
}  // namespace alinktf::process
