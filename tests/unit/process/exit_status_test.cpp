#include "process/exit_status.hpp"

#include <catch2/catch.hpp>

#include <csignal>

namespace alinktf::process {
namespace {

using Catch::Contains;

std::string death_by(int signal, bool core = false) {
  ExitStatus status;
  status.signal = signal;
  status.core = core;
  return describe(status);
}

TEST_CASE("An exit code is given as a number", "[process][exit_status]") {
  ExitStatus status;
  CHECK(describe(status) == "exit status 0");
  CHECK(status.success());
  status.code = 3;
  CHECK(describe(status) == "exit status 3");
  CHECK_FALSE(status.success());
}

TEST_CASE("A signal is named and its usual cause is given", "[process][exit_status]") {
  CHECK(death_by(SIGKILL) ==
        "killed by signal 9 (SIGKILL); often the out-of-memory killer: see dmesg");
  CHECK(death_by(SIGTERM) == "killed by signal 15 (SIGTERM)");
  CHECK(death_by(SIGSEGV, true) ==
        "killed by signal 11 (SIGSEGV), core dumped; native code crashed");
  CHECK_THAT(death_by(SIGILL), Contains("AVX"));
  CHECK_THAT(death_by(SIGBUS), Contains("/dev/shm"));
}

TEST_CASE("Of a SIGKILL it is said whether the out-of-memory killer has acted",
          "[process][exit_status]") {
  CHECK(oom_kills_in("pgfault 5\noom_kill 17\nnuma_hit 3\n") == 17);
  CHECK(oom_kills_in("pgfault 5\n") == std::nullopt);
  ExitStatus status;
  status.signal = SIGKILL;
  CHECK(describe(status, std::nullopt) == describe(status));
  if (const auto kills = oom_kills()) {
    CHECK_THAT(describe(status, *kills + 1000), Contains("not by the kernel's out-of-memory"));
  }
  if (const auto kills = oom_kills(); kills && *kills > 0) {
    CHECK_THAT(describe(status, *kills - 1), Contains("has acted since the job began"));
  }
  status.signal = SIGTERM;
  CHECK(describe(status, 0) == describe(status));
}

TEST_CASE("A signal without a name is given by its number", "[process][exit_status]") {
  CHECK(death_by(40) == "killed by signal 40");
}

}  // namespace
}  // namespace alinktf::process
