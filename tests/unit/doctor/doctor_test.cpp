#include "doctor/doctor.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

namespace alinktf::doctor {
namespace {

Findings some_findings() {
  return {{.verdict = Verdict::kGood, .what = "kernel", .found = "Linux 6.1"},
          {.verdict = Verdict::kProblem, .what = "ports", .found = "none", .fix = "free some"}};
}

TEST_CASE("Every finding is a line, its fix stands below it, and problems are counted",
          "[doctor]") {
  CHECK(to_text(some_findings()) ==
        "good     kernel       Linux 6.1\n"
        "problem  ports        none\n"
        "                      fix: free some\n"
        "\n1 problem found\n");
  CHECK(problems(some_findings()) == 1);
}

TEST_CASE("Findings as JSON survive text that is not UTF-8", "[doctor]") {
  Findings findings = some_findings();
  findings.front().found = "\xff";
  const auto json = nlohmann::json::parse(to_json(findings));
  CHECK(json.at("problems") == 1);
  CHECK(json.at("findings").at(0).at("found") == "\xEF\xBF\xBD");
  CHECK(json.at("findings").at(1).at("verdict") == "problem");
  CHECK(json.at("findings").at(1).at("fix") == "free some");
}

}  // namespace
}  // namespace alinktf::doctor
