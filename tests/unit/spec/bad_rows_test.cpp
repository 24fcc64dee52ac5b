// What happens to rows that do not parse.
#include "unit/spec/job.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include <string>

namespace alinktf::spec {
namespace {

using Catch::Contains;
using Catch::Equals;

using Action = BadRowSpec::Action;

TEST_CASE("The two keys for bad rows must agree", "[spec][bad_rows]") {
  const Job job;
  const auto action = [&](const std::string& keys) {
    return job.good(csv_job("", ", " + keys)).input.bad_rows.action;
  };
  CHECK(action(R"("lenient": true)") == Action::kSkip);
  CHECK(action(R"("lenient": false)") == Action::kFail);
  CHECK(action(R"("onBadRow": "skip")") == Action::kSkip);
  CHECK(action(R"("onBadRow": "fail")") == Action::kFail);
  CHECK(action(R"("onBadRow": "skip", "lenient": true)") == Action::kSkip);
  const auto* differ = GENERATE(R"(, "onBadRow": "fail", "lenient": true)",
                                R"(, "onBadRow": "skip", "lenient": false)",
                                R"(, "onBadRow": {"rejects": "r.csv"}, "lenient": true)");
  CHECK_THAT(job.problems(csv_job("", differ)),
             Contains("/input/onBadRow: expected one of 'onBadRow' and 'lenient', found both, and "
                      "they differ"));
}

TEST_CASE("Rejected rows go to a file, up to a number of them", "[spec][bad_rows]") {
  const Job job;
  const BadRowSpec rows =
      job.good(csv_job("", R"(, "onBadRow": {"rejects": "bad.csv", "max": 10})")).input.bad_rows;
  CHECK(rows.action == Action::kReject);
  CHECK(rows.rejects == job.in("job/bad.csv"));
  CHECK(rows.most == 10U);
  CHECK_FALSE(job.good(csv_job("", R"(, "onBadRow": {"rejects": "bad.csv", "max": null})"))
                  .input.bad_rows.most.has_value());
}

TEST_CASE("The command line can set where rejected rows go", "[spec][bad_rows]") {
  Job job;
  job.set("input.onBadRow.rejects", "bad.csv");
  CHECK(job.good(csv_job()).input.bad_rows.rejects == job.in("cwd/bad.csv"));
}

TEST_CASE("What is wrong with the handling of bad rows is told", "[spec][bad_rows]") {
  struct Case {
    std::string value;
    std::string expected;
  };
  const auto [value, expected] = GENERATE(
      Case{"1", "/input/onBadRow: expected one of fail, skip, or an object of rejects, max, found"},
      Case{R"("SKIP")", "found 'SKIP' (did you mean 'skip'?)"},
      Case{"{}", "/input/onBadRow/rejects: missing, expected a file's path"},
      Case{R"({"rejects": "-"})", "/input/onBadRow/rejects: expected a file's path, found '-'"},
      Case{R"({"rejects": "r", "max": -1})",
           "/input/onBadRow/max: expected an integer of at least 0"},
      Case{R"({"rejects": "r", "most": 1})", "/input/onBadRow/most: unknown key"},
      Case{R"({"rejects": "iris.csv"})",
           "/input/onBadRow/rejects: expected a file that the job does not use otherwise"});
  CAPTURE(value);
  const Job job;
  CHECK_THAT(job.problems(csv_job("", R"(, "onBadRow": )" + value)), Contains(expected));
}

TEST_CASE("Rejected rows never go to the output or to two writers", "[spec][bad_rows]") {
  const Job job;
  const std::string rejects = R"(, "onBadRow": {"rejects": "r.csv"})";
  CHECK_THAT(job.problems(csv_job(R"(, "output": {"filePath": "r.csv"})", rejects)),
             Contains("/input/onBadRow/rejects: expected a file that the job does not use"));
  CHECK_THAT(
      job.problems(csv_job(
          R"(, "broadcastInputs": [{"filePath": "b.csv", "schemaStr": "a int")" + rejects + "}]",
          rejects)),
      Contains("/broadcastInputs/0/onBadRow/rejects: expected a file that the job does not use"));
}

}  // namespace
}  // namespace alinktf::spec
