#include "doctor/trial.hpp"

#include "unit/result.hpp"

#include <catch2/catch.hpp>

namespace alinktf::doctor {
namespace {

using namespace std::chrono_literals;

TEST_CASE("A trial gives both outputs and the status", "[doctor][trial]") {
  const Trial trial =
      take(try_program({"/bin/sh", "-c", "echo out; echo $NAME >&2; exit 3"}, {"NAME=err"}, 60s));
  REQUIRE(trial.status);
  CHECK(trial.status->code == 3);
  CHECK(trial.output == "out\nerr\n");
}

TEST_CASE("A trial ends though a grandchild holds its output", "[doctor][trial]") {
  const Trial trial =
      take(try_program({"/bin/sh", "-c", "sleep 1000 & echo here"}, {"PATH=/bin:/usr/bin"}, 60s));
  REQUIRE(trial.status);
  CHECK(trial.output == "here\n");
}

TEST_CASE("A program that does not end is stopped, and has no status", "[doctor][trial]") {
  const Trial trial = take(try_program({"/bin/sh", "-c", "while :; do :; done"}, {}, 1s));
  CHECK_FALSE(trial.status);
}

TEST_CASE("Of much output the end is kept", "[doctor][trial]") {
  const Trial trial = take(try_program(
      {"/bin/sh", "-c", "head -c 1000000 /dev/zero; echo end"}, {"PATH=/bin:/usr/bin"}, 60s));
  REQUIRE(trial.status);
  CHECK(trial.output.size() < 200000);
  CHECK(trial.output.ends_with("end\n"));
}

TEST_CASE("A program that is not there is an error", "[doctor][trial]") {
  CHECK_FALSE(try_program({"/nonexistent"}, {}, 1s).ok());
}

}  // namespace
}  // namespace alinktf::doctor
