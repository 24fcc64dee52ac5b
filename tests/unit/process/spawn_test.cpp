#include "process/spawn.hpp"

#include "unit/process/waiting.hpp"

#include <catch2/catch.hpp>

#include <cerrno>
#include <csignal>
#include <sstream>

#include <fcntl.h>

namespace alinktf::process {
namespace {

/// Run `script` under sh and return what it printed.
std::string output_of(const std::string& script,
                      std::vector<std::pair<int, int>> fds = {},
                      Isolation isolation = Isolation::kSession) {
  Shell shell = start_shell(script, std::move(fds), isolation);
  std::string text = read_to_end(shell.output.get());
  CHECK(wait_for(shell.child).success());
  return text;
}

std::string link_of(const sys::Fd& fd) {
  return "readlink /proc/$$/fd/" + std::to_string(fd.get()) + ";";
}

bool no_children() {
  return ::waitpid(-1, nullptr, WNOHANG) == -1 && errno == ECHILD;
}

TEST_CASE("A child has exactly the environment it was given", "[process][spawn]") {
  CHECK(output_of("echo $JOB; echo $HOME") == "iris\n\n");
}

TEST_CASE("A child gets only the descriptors named for it", "[process][spawn]") {
  const sys::Fd leak(::open("/dev/null", O_RDONLY));  // close-on-exec missing on purpose
  const sys::Fd data(::open("/dev/zero", O_RDONLY | O_CLOEXEC));
  CHECK(output_of("ls /proc/$$/fd; readlink /proc/$$/fd/4", {{4, data.get()}}) ==
        "0\n1\n2\n4\n/dev/zero\n");
}

TEST_CASE("Standard input is empty unless it is named", "[process][spawn]") {
  CHECK(output_of("readlink /proc/$$/fd/0") == "/dev/null\n");
  const sys::Fd zero(::open("/dev/zero", O_RDONLY | O_CLOEXEC));
  CHECK(output_of("readlink /proc/$$/fd/0", {{0, zero.get()}}) == "/dev/zero\n");
}

TEST_CASE("Descriptors may swap numbers", "[process][spawn]") {
  const sys::Fd zero(::open("/dev/zero", O_RDONLY | O_CLOEXEC));
  const sys::Fd null(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  CHECK(output_of(link_of(zero) + link_of(null),
                  {{zero.get(), null.get()}, {null.get(), zero.get()}}) ==
        "/dev/null\n/dev/zero\n");
}

TEST_CASE("A descriptor bound to its own number survives exec", "[process][spawn]") {
  const sys::Fd zero(::open("/dev/zero", O_RDONLY | O_CLOEXEC));
  CHECK(output_of(link_of(zero), {{zero.get(), zero.get()}}) == "/dev/zero\n");
}

TEST_CASE("A child leads its own session or group", "[process][spawn]") {
  const auto isolation = GENERATE(Isolation::kSession, Isolation::kGroup);
  std::istringstream words(output_of("cut -d' ' -f5,6 /proc/$$/stat; echo $$", {}, isolation));
  int group = 0;
  int session = 0;
  int pid = 0;
  words >> group >> session >> pid;
  REQUIRE(pid > 0);
  CHECK(group == pid);
  CHECK((session == pid) == (isolation == Isolation::kSession));
}

TEST_CASE("A child starts with no signal blocked or ignored", "[process][spawn]") {
  sigset_t set;
  sigset_t before;
  sigemptyset(&set);
  sigaddset(&set, SIGTERM);
  sigaddset(&set, SIGCHLD);
  ::pthread_sigmask(SIG_BLOCK, &set, &before);
  ::signal(SIGPIPE, SIG_IGN);
  ::signal(SIGHUP, SIG_IGN);
  const std::string masks = output_of("exec grep -E '^Sig(Blk|Ign)' /proc/self/status");
  sigset_t after;
  ::pthread_sigmask(SIG_SETMASK, &before, &after);
  ::signal(SIGPIPE, SIG_DFL);
  ::signal(SIGHUP, SIG_DFL);
  CHECK(masks == "SigBlk:\t0000000000000000\nSigIgn:\t0000000000000000\n");
  CHECK(sigismember(&after, SIGTERM) == 1);  // our own mask is as it was
  CHECK(sigismember(&after, SIGUSR1) == 0);
}

TEST_CASE("A child dies with the process that started it", "[process][spawn]") {
  sys::Pipe say = make_pipe();
  sys::Pipe hold = make_pipe();
  const pid_t starter = ::fork();
  if (starter == 0) {
    hold.write = sys::Fd();
    const auto child = spawn({.argv = {"/bin/sleep", "600"}, .env = {}, .fds = {}});
    const pid_t pid = child.ok() ? child.value().pid : -1;
    static_cast<void>(!::write(say.write.get(), &pid, sizeof pid));
    char byte = 0;
    static_cast<void>(!::read(hold.read.get(), &byte, 1));  // until the test watches the child
    ::_exit(0);
  }
  pid_t pid = -1;
  REQUIRE(readable(say.read.get()));
  REQUIRE(::read(say.read.get(), &pid, sizeof pid) == sizeof pid);
  REQUIRE(pid > 0);
  const sys::Fd end = watch(pid);
  hold.write = sys::Fd();
  CHECK(wait_for_fork(starter) == 0);
  const bool died = readable(end.get());
  CHECK(died);
  if (!died) {
    ::kill(pid, SIGKILL);
  }
}

TEST_CASE("A program that cannot be started is an error and leaves no zombie", "[process][spawn]") {
  struct Case {
    const char* program;
    int error;
  };
  const auto given = GENERATE(Case{"/nonexistent/python3", ENOENT}, Case{"/etc/passwd", EACCES});
  const sys::Fd data(::open("/dev/zero", O_RDONLY | O_CLOEXEC));
  const auto child = spawn({.argv = {given.program}, .env = {}, .fds = {{3, data.get()}}});
  REQUIRE_FALSE(child.ok());
  CHECK(child.error().code() == ErrorCode::kWorker);
  CHECK(child.error().cause().value() == given.error);
  CHECK_THAT(child.error().str(), Catch::Contains(given.program) && Catch::Contains("execve"));
  CHECK(no_children());
}

TEST_CASE("A machine that refuses to fork is an error", "[process][spawn]") {
  const pid_t pid = ::fork();
  if (pid == 0) {
    const bool forbidden = forbid_fork();
    const auto child = spawn({.argv = {"/bin/true"}, .env = {}, .fds = {}});
    const bool expected = !child.ok() && child.error().code() == ErrorCode::kWorker &&
                          child.error().cause().value() == EAGAIN;
    ::_exit(forbidden && expected ? 0 : 1);
  }
  CHECK(wait_for_fork(pid) == 0);
}

TEST_CASE("A descriptor that is not open is an error and nothing is started", "[process][spawn]") {
  const auto child = spawn({.argv = {"/bin/true"}, .env = {}, .fds = {{3, 999}}});
  REQUIRE_FALSE(child.ok());
  CHECK(child.error().cause().value() == EBADF);
  CHECK(no_children());
}

TEST_CASE("An empty argument is passed on", "[process][spawn]") {
  sys::Pipe pipe = make_pipe();
  auto child = Child::start({.argv = {"/bin/sh", "-c", "echo $# \"[$1]\"", "sh", "", "x"},
                             .env = {},
                             .fds = {{1, pipe.write.get()}}});
  REQUIRE(child.ok());
  CHECK(read_line(pipe.read.get()) == "2 []");
  CHECK(wait_for(child.value()).success());
}

TEST_CASE("A child does not hold a sibling's pipe open", "[process][spawn]") {
  sys::Pipe input = make_pipe();
  Shell first = start_shell("cat", {{0, input.read.get()}});
  const Shell second = start_shell("exec sleep 600");
  input.write = sys::Fd();
  CHECK(wait_for(first.child).success());
  CHECK(second.child.running());
}

}  // namespace
}  // namespace alinktf::process
