#include "job/plan.hpp"

#include "unit/result.hpp"
#include "unit/sys/scratch.hpp"

#include <catch2/catch.hpp>

#include <map>

namespace alinktf::job {
namespace {

using Catch::Contains;
using Environment = std::vector<std::string>;
using spec::Component;

/// Make a virtual environment `name` of nothing but a program and TensorFlow's dist-info.
std::string make_venv(const sys::Scratch& scratch,
                      const std::string& name,
                      const std::string& tensorflow) {
  const std::filesystem::path root = scratch / name;
  std::filesystem::create_directories(root / "bin");
  std::filesystem::create_directories(root / "lib/python3.7/site-packages" /
                                      ("tensorflow-" + tensorflow + ".dist-info"));
  std::ofstream(root / "bin/python") << "#!/bin/sh\n";
  std::filesystem::permissions(root / "bin/python", std::filesystem::perms(0755));
  return root;
}

Surroundings surroundings(std::map<std::string, std::string> variables = {}) {
  Surroundings out;
  out.variable = [variables =
                      std::move(variables)](const std::string& name) -> std::optional<std::string> {
    const auto found = variables.find(name);
    return found == variables.end() ? std::nullopt : std::optional(found->second);
  };
  return out;
}

spec::JobSpec job_of(Component component) {
  spec::JobSpec job;
  job.name = "iris";
  job.component = component;
  job.main_script_file = "/home/u/train.py";
  job.num_workers = 2;
  job.num_pss = 1;
  job.user_params_json = R"({"a":"1"})";
  return job;
}

TEST_CASE("A component for TensorFlow 2 refuses TensorFlow 1 alone", "[job][plan]") {
  CHECK_THAT(failure(check_tensorflow(Component::kTensorFlow2BatchOp, "1.15.5"), ErrorCode::kSpec),
             Contains("/component: TensorFlow2BatchOp needs TensorFlow 2, found 1.15.5; use "
                      "TensorFlowBatchOp"));
  take(check_tensorflow(Component::kTensorFlow2BatchOp, "2.15.1"));
  take(check_tensorflow(Component::kTensorFlow2BatchOp, "10.0.0"));
  take(check_tensorflow(Component::kTensorFlow2BatchOp, std::nullopt));
  take(check_tensorflow(Component::kTensorFlowBatchOp, "1.15.5"));
  take(check_tensorflow(Component::kTensorFlowBatchOp, "2.15.1"));
}

TEST_CASE("A plan lays out the tasks on the interpreter that it found", "[job][plan]") {
  const sys::Scratch scratch;
  Surroundings around = surroundings();
  around.python = make_venv(scratch, "venv", "2.15.1");
  const Plan plan = take(make_plan(job_of(Component::kTensorFlow2BatchOp), around));
  CHECK(plan.interpreter.path == scratch / "venv/bin/python");
  CHECK(plan.interpreter.tensorflow == "2.15.1");
  CHECK(plan.workers() == 2);
  REQUIRE(plan.tasks.size() == 3);
  CHECK(cluster::to_string(plan.tasks[0]) == "chief:0");
  CHECK(cluster::to_string(plan.tasks[2]) == "ps:0");
}

TEST_CASE("Each component looks at Alink's variable for its TensorFlow", "[job][plan]") {
  const sys::Scratch scratch;
  const auto around = surroundings({{"TF115_PYTHON_ENV_PATH", make_venv(scratch, "one", "1.15.5")},
                                    {"TF231_PYTHON_ENV_PATH", make_venv(scratch, "two", "2.3.1")}});
  const auto found = [&](Component component) {
    return take(make_plan(job_of(component), around)).interpreter.tensorflow.value_or("none");
  };
  CHECK(found(Component::kTensorFlowBatchOp) == "1.15.5");
  CHECK(found(Component::kTensorFlow2BatchOp) == "2.3.1");
}

TEST_CASE("A plan for TensorFlow 2 on TensorFlow 1 is refused", "[job][plan]") {
  const sys::Scratch scratch;
  Surroundings around = surroundings();
  around.python = make_venv(scratch, "venv", "1.15.5");
  CHECK_FALSE(make_plan(job_of(Component::kTensorFlow2BatchOp), around).ok());
  take(make_plan(job_of(Component::kTensorFlowBatchOp), around));
}

TEST_CASE("A plan without a Python is refused", "[job][plan]") {
  CHECK_THAT(
      failure(make_plan(job_of(Component::kTensorFlowBatchOp), surroundings()), ErrorCode::kSpec),
      Contains("no python3 on PATH"));
}

TEST_CASE("A task's environment is the inherited one with ours and the job's on top",
          "[job][plan]") {
  Plan plan{.job = job_of(Component::kTensorFlowBatchOp), .interpreter = {}, .tasks = {}};
  plan.job.env = {{"OMP_NUM_THREADS", "2"}, {"PYTHONUNBUFFERED", "0"}};
  const auto environment = make_environment(
      plan, {"HOME=/home/u", "TF_CONFIG={old}", "OMP_NUM_THREADS=8", "EMPTY=", "A=b=c"}, "{new}");
  CHECK_THAT(environment,
             Catch::UnorderedEquals(Environment{"HOME=/home/u",
                                                "EMPTY=",
                                                "A=b=c",
                                                "TF_CONFIG={new}",
                                                "ALINKTF_ATTEMPT=0",
                                                "PYTHONIOENCODING=utf-8:surrogateescape",
                                                "OMP_NUM_THREADS=2",
                                                "PYTHONUNBUFFERED=0"}));
}

TEST_CASE("A task is told which attempt it is", "[job][plan]") {
  Plan plan{.job = job_of(Component::kTensorFlow2BatchOp),
            .interpreter = {},
            .tasks = cluster::make_tasks(1, 0)};
  CHECK(make_assignment(plan, 0, 2, {}, "/tmp/w").attempt == 2);
  CHECK_THAT(make_environment(plan, {"ALINKTF_ATTEMPT=7"}, "{}", 2),
             Catch::UnorderedEquals(Environment{"TF_CONFIG={}",
                                                "PYTHONUNBUFFERED=1",
                                                "PYTHONIOENCODING=utf-8:surrogateescape",
                                                "ALINKTF_ATTEMPT=2"}));
}

TEST_CASE("Who has said how Python prints is heeded", "[job][plan]") {
  Plan plan{.job = job_of(Component::kTensorFlow2BatchOp), .interpreter = {}, .tasks = {}};
  const Environment inherited{"PYTHONIOENCODING=latin-1"};
  CHECK_THAT(make_environment(plan, inherited, "{}"),
             Catch::VectorContains(std::string("PYTHONIOENCODING=latin-1")));
  plan.job.env = {{"PYTHONIOENCODING", "ascii"}};
  CHECK_THAT(
      make_environment(plan, inherited, "{}"),
      Catch::UnorderedEquals(Environment{
          "TF_CONFIG={}", "PYTHONUNBUFFERED=1", "ALINKTF_ATTEMPT=0", "PYTHONIOENCODING=ascii"}));
}

TEST_CASE("A task is told who it is and where everybody is", "[job][plan]") {
  Plan plan{.job = job_of(Component::kTensorFlow2BatchOp),
            .interpreter = {},
            .tasks = cluster::make_tasks(2, 1)};
  plan.job.output_schema = {{.name = "id", .type = table::ColumnType::kLong}};
  plan.job.broadcast_inputs.resize(2);
  std::vector<cluster::Member> members;
  for (const auto task : plan.tasks) {
    members.push_back({.task = task, .address = cluster::to_string(task)});
  }
  const auto told = make_assignment(plan, 2, 0, members, "/tmp/w");
  CHECK(told.job == "iris");
  CHECK(told.component == "TensorFlow2BatchOp");
  CHECK(cluster::to_string(told.task) == "ps:0");
  CHECK(told.task_number == 2);
  CHECK(told.num_workers == 2);
  CHECK(told.num_pss == 1);
  CHECK(told.cluster_json == R"({"ps": ["ps:0"], "worker": ["worker:0"], "chief": ["chief:0"]})");
  CHECK_THAT(told.tf_config, Contains(told.cluster_json) && Contains(R"("type": "ps")"));
  CHECK(told.work_dir == "/tmp/w");
  CHECK(told.main_script == "/home/u/train.py");
  CHECK(told.user_params_json == R"({"a":"1"})");
  CHECK(told.output_schema == plan.job.output_schema);
  CHECK(told.properties.at("ALINK:num_workers") == "2");
  CHECK(told.properties.at("ALINK:num_pss") == "1");
  CHECK(told.properties.at("ALINK:work_dir") == "/tmp/w");
  CHECK(told.properties.at("cluster") == cluster::alink_cluster_json(members));
  CHECK(told.broadcast_files == std::vector<std::string>{"/tmp/w/bc_data_1", "/tmp/w/bc_data_2"});
}

TEST_CASE("A prediction knows an environment that no job has unpacked yet", "[job][plan]") {
  const sys::Scratch scratch;
  spec::JobSpec job = job_of(Component::kTFSavedModelPredictBatchOp);
  job.python_env = scratch.write("env.tar.gz", "packed");
  Surroundings around = surroundings();
  around.cache_dir = scratch / "cache";
  const Plan plan = take(make_plan(job, around));
  CHECK(plan.interpreter.archive == job.python_env);
  CHECK_THAT(plan.interpreter.folder, Contains("cache/alinktf/python-envs/"));
}

}  // namespace
}  // namespace alinktf::job
