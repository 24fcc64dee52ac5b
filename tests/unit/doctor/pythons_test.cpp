#include "doctor/pythons.hpp"

#include <catch2/catch.hpp>

#include <string>

namespace alinktf::doctor {
namespace {

using Catch::Contains;

Trial exited(int code, std::string output) {
  process::ExitStatus status;
  status.code = code;
  return {.status = status, .output = std::move(output)};
}

std::string python_line(const std::string& version) {
  return kPythonMark + version + "\n";
}

std::string tensorflow_line(const std::string& version) {
  return "noise\n" + std::string(kTensorFlowMark) + version + "\n";
}

TEST_CASE("A Python with a TensorFlow that imports is good, and what it can run is told",
          "[doctor][pythons]") {
  const auto judge = [](const std::string& version) {
    return judge_python(
        "PATH", "/p", version, exited(0, python_line("3.11") + tensorflow_line(version)));
  };
  CHECK(judge("1.15.5").verdict == Verdict::kGood);
  CHECK_THAT(judge("1.15.5").found, Contains("components for TensorFlow 1"));
  CHECK_THAT(judge("2.15.1").found,
             Contains("/p (PATH): Python 3.11, TensorFlow 2.15.1, runs all components") &&
                 !Contains("Estimator"));
  CHECK_THAT(judge("2.16.0").found, Contains("no Estimator"));
}

TEST_CASE("A Python without TensorFlow runs scripts that do not use it", "[doctor][pythons]") {
  const Finding found = judge_python("PATH", "/p", "", exited(0, python_line("3.13")));
  CHECK(found.verdict == Verdict::kNote);
  CHECK_THAT(found.fix, Contains("/p -m pip install"));
}

TEST_CASE("A TensorFlow that cannot be imported is a problem with its last line",
          "[doctor][pythons]") {
  const Finding found = judge_python(
      "PATH", "/p", "2.3.1", exited(1, python_line("3.8") + "Traceback\nTypeError: descriptors\n"));
  CHECK(found.verdict == Verdict::kProblem);
  CHECK_THAT(found.found, Contains("exit status 1: TypeError: descriptors"));
}

TEST_CASE("A Python that is too old, does not start or hangs is a problem", "[doctor][pythons]") {
  CHECK_THAT(judge_python("PATH", "/p", "", exited(0, python_line("3.5"))).found,
             Contains("3.6 or later"));
  CHECK_THAT(judge_python("PATH", "/p", "", exited(127, "no libpython\n")).found,
             Contains("exit status 127: no libpython"));
  CHECK_THAT(
      judge_python("PATH", "/p", "2.15.1", {.status = {}, .output = python_line("3.11")}).found,
      Contains("does not end within 60 s"));
}

}  // namespace
}  // namespace alinktf::doctor
