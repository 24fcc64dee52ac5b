#include "job/check.hpp"

#include "unit/result.hpp"
#include "unit/sys/scratch.hpp"

#include <catch2/catch.hpp>

namespace alinktf::job {
namespace {

using Catch::Contains;

Plan plan_of(const std::string& input, int workers, int pss) {
  Plan plan;
  plan.job.name = "iris";
  plan.job.input.file_paths = {input};
  plan.job.input.schema = take(table::parse_schema("size double, species string, seen boolean"));
  plan.job.output_schema = take(table::parse_schema("id long, info string"));
  plan.job.num_workers = workers;
  plan.job.num_pss = pss;
  plan.interpreter = {.path = "/opt/venv/bin/python", .found_by = "PATH", .tensorflow = "2.15.1"};
  plan.tasks = cluster::make_tasks(workers, pss);
  return plan;
}

TEST_CASE("A plan is told with its tasks and features and output", "[job][check]") {
  const sys::Scratch scratch;
  const std::string text =
      take(describe(plan_of(scratch.write("in.csv", "1.5,setosa,true\n"), 2, 1)));
  CHECK_THAT(text,
             Contains("/opt/venv/bin/python (found by PATH), TensorFlow 2.15.1\n") &&
                 Contains(R"({"cluster": {"ps": ["127.0.0.1:PORT"], "worker": ["127.0.0.1:PORT"], )"
                          R"("chief": ["127.0.0.1:PORT"]}, "task": {"type": "ps", "index": 0}})") &&
                 Contains("row k goes to worker k mod 2") &&
                 Contains(R"("size": tf.io.FixedLenFeature([], tf.float32))") &&
                 Contains(R"("species": tf.io.FixedLenFeature([], tf.string))") &&
                 Contains(R"("seen": tf.io.FixedLenFeature([], tf.int64))") &&
                 Contains("id BIGINT,info STRING\n"));
}

TEST_CASE("A plan of one worker without TensorFlow says so", "[job][check]") {
  const sys::Scratch scratch;
  Plan plan = plan_of(scratch.write("in.csv", ""), 1, 0);
  plan.interpreter.tensorflow = std::nullopt;
  CHECK_THAT(take(describe(plan)),
             Contains("no TensorFlow found") && Contains("all rows go to chief:0"));
}

TEST_CASE("Computed columns are told with the types that the input gives them", "[job][check]") {
  const sys::Scratch scratch;
  Plan plan = plan_of(scratch.write("in.csv", "1.5,setosa,true\n"), 1, 0);
  plan.job.select = "case when species = 'setosa' then 1. else 0. end as label";
  CHECK_THAT(take(describe(plan)),
             Contains(R"("label": tf.io.FixedLenFeature([], tf.int64),  # BIGINT)"));
}

TEST_CASE("A plan of records that are passed on has no features to tell", "[job][check]") {
  const sys::Scratch scratch;
  Plan plan = plan_of(scratch.write("in.tfrecord", ""), 1, 0);
  plan.job.input.format = spec::Format::kTfrecord;
  plan.job.input.schema.clear();
  CHECK_THAT(take(describe(plan)), Contains("records are passed on as they are"));
}

TEST_CASE("A plan of a missing input is an input error", "[job][check]") {
  const sys::Scratch scratch;
  CHECK_THAT(failure(describe(plan_of(scratch / "none.csv", 1, 0)), ErrorCode::kInput),
             Contains("none.csv"));
}

}  // namespace
}  // namespace alinktf::job
