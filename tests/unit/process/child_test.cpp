#include "process/child.hpp"

#include "unit/process/waiting.hpp"

#include <catch2/catch.hpp>

#include <cerrno>
#include <csignal>
#include <utility>

namespace alinktf::process {
namespace {

pid_t pid_in(const std::string& line) {
  return static_cast<pid_t>(std::stol(line));
}

TEST_CASE("A child's exit code is told apart from a signal of that number", "[process][child]") {
  Shell exits = start_shell("exit 9");
  const ExitStatus exited = wait_for(exits.child);
  CHECK(exited.code == 9);
  CHECK(exited.signal == 0);
  Shell dies = start_shell("kill -9 $$");
  const ExitStatus died = wait_for(dies.child);
  CHECK(died.signal == 9);
  CHECK_FALSE(died.success());
}

TEST_CASE("A running child has no status yet", "[process][child]") {
  Shell shell = start_shell("exec sleep 600");
  const auto status = shell.child.try_reap();
  REQUIRE(status.ok());
  CHECK_FALSE(status.value().has_value());
  CHECK(shell.child.running());
}

TEST_CASE("A child that ignores TERM is killed", "[process][child]") {
  Shell shell = start_shell("trap '' TERM; echo ready; while :; do sleep 600; done");
  REQUIRE(read_line(shell.output.get()) == "ready");
  shell.child.terminate();
  shell.child.kill();
  CHECK(wait_for(shell.child).signal == SIGKILL);  // TERM came first and would have won
}

TEST_CASE("A stopped child can be asked to end", "[process][child]") {
  Shell shell = start_shell("kill -STOP $$; exec sleep 600");
  siginfo_t info{};
  REQUIRE(::waitid(P_PID, static_cast<id_t>(shell.child.pid()), &info, WSTOPPED | WNOWAIT) == 0);
  shell.child.terminate();
  CHECK(wait_for(shell.child).signal == SIGTERM);
}

TEST_CASE("Reaping a child kills the rest of its group", "[process][child]") {
  Shell shell = start_shell("trap '' TERM; sleep 600 & echo $!; exit 3");
  const pid_t rest = pid_in(read_line(shell.output.get()));
  const sys::Fd end = watch(rest);
  CHECK(wait_for(shell.child).code == 3);
  CHECK_FALSE(shell.child.running());
  CHECK(readable(end.get()));
}

TEST_CASE("A child that is no longer owned is killed with its group and reaped",
          "[process][child]") {
  pid_t pid = -1;
  sys::Fd end;
  {
    const Shell shell = start_shell("trap '' TERM; sleep 600 & echo $!; wait");
    end = watch(pid_in(read_line(shell.output.get())));
    pid = shell.child.pid();
  }
  CHECK(readable(end.get()));
  CHECK(::waitpid(pid, nullptr, WNOHANG) == -1);
  CHECK(errno == ECHILD);
}

TEST_CASE("A moved child has one owner", "[process][child]") {
  Shell shell = start_shell("exec sleep 600");
  const pid_t pid = shell.child.pid();
  Child taken = std::move(shell.child);
  CHECK(taken.pid() == pid);
  CHECK(taken.running());
  taken = start_shell("exec sleep 600").child;  // kills and reaps the first
  CHECK(::waitpid(pid, nullptr, WNOHANG) == -1);
  CHECK(taken.running());
}

TEST_CASE("A child that somebody else has reaped is an error", "[process][child]") {
  Shell shell = start_shell("exit 0");
  REQUIRE(::waitpid(shell.child.pid(), nullptr, 0) == shell.child.pid());
  const auto status = shell.child.try_reap();
  REQUIRE_FALSE(status.ok());
  CHECK(status.error().cause().value() == ECHILD);
}

TEST_CASE("A child's status says what it used", "[process][child]") {
  Shell busy = start_shell("i=0; while [ $i -lt 20000 ]; do i=$((i+1)); done");
  const ExitStatus status = wait_for(busy.child);
  CHECK(status.success());
  CHECK(status.cpu > std::chrono::milliseconds(1));
  CHECK(status.max_rss_bytes > 100'000);
}

}  // namespace
}  // namespace alinktf::process
