#include "source/rejects.hpp"

#include "unit/result.hpp"
#include "unit/sys/scratch.hpp"

#include <catch2/catch.hpp>

namespace alinktf::source {
namespace {

using Catch::Contains;
using Action = spec::BadRowSpec::Action;

spec::BadRowSpec rejects_to(const std::string& path) {
  return {.action = Action::kReject, .rejects = path, .most = std::nullopt};
}

TEST_CASE("Rejected rows are kept with their place and reason", "[source][rejects]") {
  const sys::Scratch scratch;
  const auto spec = rejects_to(scratch / "bad.csv");
  Rejects rejects(spec);
  take(rejects.take(
      {.source = "in.csv", .number = 3, .reason = "found 'x', expected y", .text = "1,x"}));
  take(rejects.take({.source = "in.tfrecord", .number = 0, .reason = "no \"key\"", .text = ""}));
  CHECK(scratch.names().size() == 1);
  CHECK_FALSE(std::filesystem::exists(spec.rejects));  // it appears whole
  take(rejects.finish());
  CHECK(sys::text_of(spec.rejects) ==
        "source,line,reason,row\n"
        "in.csv,3,\"found 'x', expected y\",\"1,x\"\n"
        "in.tfrecord,0,\"no \"\"key\"\"\",\n");
  CHECK(rejects.count() == 2);
}

TEST_CASE("The file of rejected rows replaces an older one, with none as well",
          "[source][rejects]") {
  const sys::Scratch scratch;
  const auto spec = rejects_to(scratch.write("bad.csv", "old"));
  Rejects rejects(spec);
  take(rejects.finish());
  CHECK(sys::text_of(spec.rejects) == "source,line,reason,row\n");
}

TEST_CASE("One bad row more than allowed is an error with the reason", "[source][rejects]") {
  const sys::Scratch scratch;
  auto spec = rejects_to(scratch / "bad.csv");
  spec.most = 1;
  Rejects rejects(spec);
  take(rejects.take({.source = "in.csv", .number = 1, .reason = "first", .text = "a"}));
  const auto text = failure(
      rejects.take({.source = "in.csv", .number = 2, .reason = "in.csv: second", .text = "b"}),
      ErrorCode::kInput);
  CHECK_THAT(text, Contains("in.csv: second") && Contains("max allows 1") && Contains("bad.csv"));
  take(rejects.finish());
  CHECK_THAT(sys::text_of(spec.rejects), Contains("first") && Contains("second"));
}

TEST_CASE("Skipped rows are counted alone", "[source][rejects]") {
  spec::BadRowSpec spec;
  spec.action = Action::kSkip;
  Rejects rejects(spec);
  take(rejects.take({.source = "in.csv", .number = 1, .reason = "first", .text = "a"}));
  take(rejects.finish());
  CHECK(rejects.count() == 1);
}

TEST_CASE("A file for rejected rows that cannot be written is found before the pass",
          "[source][rejects]") {
  const sys::Scratch scratch;
  CHECK_THAT(failure(Rejects::precheck(rejects_to(scratch / "none/bad.csv")), ErrorCode::kOutput),
             Contains("none"));
  take(Rejects::precheck(rejects_to(scratch / "bad.csv")));
  CHECK(scratch.names().empty());
  take(Rejects::precheck({}));
}

}  // namespace
}  // namespace alinktf::source
