#include "process/process_table.hpp"

#include <catch2/catch.hpp>

#include <csignal>

#include <sys/wait.h>
#include <unistd.h>

namespace alinktf::process {
namespace {

TEST_CASE("A child is exiting from its death on, and not before", "[process][process_table]") {
  const pid_t child = ::fork();
  if (child == 0) {
    for (;;) {
      ::pause();
    }
  }
  CHECK_FALSE(is_exiting(child));
  ::kill(child, SIGKILL);
  siginfo_t info{};
  REQUIRE(::waitid(P_PID, static_cast<id_t>(child), &info, WEXITED | WNOWAIT) == 0);
  CHECK(is_exiting(child));
  REQUIRE(::waitpid(child, nullptr, 0) == child);
  CHECK_FALSE(is_exiting(child));  // it is nobody's any more
}

}  // namespace
}  // namespace alinktf::process
