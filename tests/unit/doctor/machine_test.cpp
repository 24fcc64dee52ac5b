#include "doctor/machine.hpp"

#include <catch2/catch.hpp>

#include <limits>
#include <string>

namespace alinktf::doctor {
namespace {

using Catch::Contains;

constexpr std::uint64_t kNone = std::numeric_limits<std::uint64_t>::max();
constexpr std::uint64_t kGiB = 1ULL << 30U;

TEST_CASE("A kernel without pidfd_open is a problem", "[doctor][machine]") {
  CHECK(judge_kernel(true, "6.1").verdict == Verdict::kGood);
  const Finding old = judge_kernel(false, "4.19");
  CHECK(old.verdict == Verdict::kProblem);
  CHECK_THAT(old.fix, Contains("5.3"));
}

TEST_CASE("A processor without AVX is a problem, one that tells no flags is not",
          "[doctor][machine]") {
  CHECK(judge_processor(": fpu avx avx2", 2).verdict == Verdict::kGood);
  CHECK(judge_processor(": fpu avx2 sse4_2", 2).verdict == Verdict::kProblem);
  CHECK(judge_processor("", 2).verdict == Verdict::kGood);
  CHECK(judge_processor(": avx", 1).found == "1 core");
}

TEST_CASE("The smaller of memory and its limit counts", "[doctor][machine]") {
  CHECK(judge_memory(8 * kGiB, kNone).found == "8.0 GiB available");
  const Finding limited = judge_memory(8 * kGiB, kGiB / 2);
  CHECK(limited.verdict == Verdict::kNote);
  CHECK_THAT(limited.found, Contains("512 MiB by the control group's limit"));
}

TEST_CASE("Too few open files or processes are problems", "[doctor][machine]") {
  CHECK(judge_descriptors(kNone).found == "no limit");
  CHECK(judge_descriptors(1024).verdict == Verdict::kGood);
  CHECK(judge_descriptors(100).verdict == Verdict::kProblem);
  CHECK_THAT(judge_descriptors(10).found, Contains("enough for 0 tasks"));
  CHECK(judge_processes(kNone).verdict == Verdict::kGood);
  CHECK(judge_processes(4096).verdict == Verdict::kGood);
  CHECK(judge_processes(100).verdict == Verdict::kProblem);
}

TEST_CASE("A full work dir is a problem, one in memory a note", "[doctor][machine]") {
  CHECK(judge_space("/tmp", 10 * kGiB, false).found == "/tmp: 10.0 GiB free");
  CHECK(judge_space("/tmp", 10 * kGiB, false).verdict == Verdict::kGood);
  CHECK(judge_space("/tmp", 10 * kGiB, true).verdict == Verdict::kNote);
  CHECK(judge_space("/tmp", 1 << 20, true).verdict == Verdict::kProblem);
}

TEST_CASE("A folder that does not exist cannot hold work dirs", "[doctor][machine]") {
  const Findings findings = examine_folders({.python = "",
                                             .work_dir_parent = "/nonexistent",
                                             .log_parent = "",
                                             .cache_dir = "",
                                             .environment = {},
                                             .variable = {}});
  REQUIRE(findings.size() == 2);
  CHECK(findings[0].verdict == Verdict::kProblem);
  CHECK_THAT(findings[0].found, Contains("/nonexistent"));
  CHECK(findings[1].verdict == Verdict::kNote);
}

}  // namespace
}  // namespace alinktf::doctor
