#include "job/restarts.hpp"

#include "unit/result.hpp"
#include "unit/sys/scratch.hpp"

#include <catch2/catch.hpp>

#include <sys/stat.h>

namespace alinktf::job {
namespace {

using Catch::Contains;

/// A job from a file to a file that may restart.
spec::JobSpec job_in(const sys::Scratch& scratch) {
  spec::JobSpec job;
  job.max_restarts = 1;
  job.input.file_paths = {scratch.write("in.csv", "1\n")};
  job.output.given = true;
  job.output.file_path = scratch / "out.csv";
  return job;
}

std::string make_fifo(const sys::Scratch& scratch, const std::string& name) {
  const std::string path = scratch / name;
  REQUIRE(::mkfifo(path.c_str(), 0600) == 0);
  return path;
}

TEST_CASE("Files and generated rows can be read again", "[job][restarts]") {
  const sys::Scratch scratch;
  spec::JobSpec job = job_in(scratch);
  CHECK(check_restarts(job).ok());
  job.input.file_paths = {scratch / ""};
  CHECK(check_restarts(job).ok());
  job.input = {};
  job.input.format = spec::Format::kRandom;
  CHECK(check_restarts(job).ok());
}

TEST_CASE("What can be read once is refused where it stands", "[job][restarts]") {
  const sys::Scratch scratch;
  spec::JobSpec job = job_in(scratch);
  const std::string fifo = make_fifo(scratch, "fifo");
  spec::InputSpec once;
  once.file_paths = {GENERATE(std::string("-"), std::string("/dev/null"), std::string())};
  if (once.file_paths.front().empty()) {
    once.file_paths = {fifo};
  }
  SECTION("as the input") {
    job.input = once;
    CHECK_THAT(failure(check_restarts(job), ErrorCode::kSpec),
               Contains("/input/filePath: ") && Contains("read once"));
  }
  SECTION("as a table for all tasks") {
    job.broadcast_inputs = {job.input, once};
    CHECK_THAT(failure(check_restarts(job), ErrorCode::kSpec),
               Contains("/broadcastInputs/1/filePath: "));
  }
  job.max_restarts = 0;
  CHECK(check_restarts(job).ok());
}

TEST_CASE("What does not give rows back is no output of a job that restarts", "[job][restarts]") {
  const sys::Scratch scratch;
  spec::JobSpec job = job_in(scratch);
  job.output.file_path = GENERATE(std::string("-"), std::string("/dev/stdout"), std::string());
  if (job.output.file_path.empty()) {
    job.output.file_path = make_fifo(scratch, "out");
  }
  CHECK_THAT(failure(check_restarts(job), ErrorCode::kSpec),
             Contains("/output/filePath: the rows go to "));
}

}  // namespace
}  // namespace alinktf::job
