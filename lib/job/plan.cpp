#include "job/plan.hpp"

#include "log/log.hpp"
#include "spec/component.hpp"
#include "spec/spec.hpp"
#include "worker/packed_env.hpp"
#include "worker/work_dir.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace alinktf::job {

namespace {

/// What Alink's scripts can ask of their context; properties that name Java are left out.
std::map<std::string, std::string> make_properties(const spec::JobSpec& job,
                                                   const std::vector<cluster::Member>& members,
                                                   const std::string& work_dir) {
  return {{"ALINK:num_workers", std::to_string(job.num_workers)},
          {"ALINK:num_pss", std::to_string(job.num_pss)},
          {"ALINK:intra_op_parallelism", std::to_string(job.intra_op_parallelism)},
          {"ALINK:work_dir", work_dir},
          {"ALINK:entry_func", "entry_func"},
          {"ALINK:user_defined_params", job.user_params_json},
          {"cluster", cluster::alink_cluster_json(members)},
          {"current_work_dir", work_dir}};
}

/// Of an entry of the environment, NAME=VALUE.
std::string name_of(const std::string& entry) {
  return entry.substr(0, entry.find('='));
}

Error no_tensorflow(const worker::Interpreter& interpreter) {
  return {ErrorCode::kSpec,
          fmt::format("{} (found by {}) has no TensorFlow, which prediction needs; name one that "
                      "has with pythonEnv, or a library with tensorflowLibrary",
                      interpreter.path,
                      interpreter.found_by)};
}

/// Prediction runs no Python: its interpreter only tells where a TensorFlow is.
Result<worker::Interpreter> find_predict_interpreter(const spec::JobSpec& job,
                                                     const Surroundings& surroundings) {
  if (!job.predict.tensorflow_library.empty()) {
    return worker::Interpreter{};
  }
  ALINKTF_ASSIGN_OR_RETURN(auto interpreter,
                           worker::find_interpreter({.command_line = surroundings.python,
                                                     .python_env = job.python_env,
                                                     .alink_variable = "TF231_PYTHON_ENV_PATH",
                                                     .cache = surroundings.cache_dir,
                                                     .environment = surroundings.variable}));
  if (!interpreter.tensorflow && interpreter.archive.empty()) {
    return no_tensorflow(interpreter);
  }
  return interpreter;
}

}  // namespace

bool Plan::is_stream() const {
  return spec::family_of(job.component) == spec::Family::kStream;
}

bool Plan::holds_chief() const {
  const bool automatic = job.hold_chief == spec::HoldChief::kAuto && job.num_pss > 0;
  return is_stream() && readers() > 1 && (automatic || job.hold_chief == spec::HoldChief::kOn);
}

Result<tensorflow::LibraryFiles> predict_library(const Plan& plan) {
  const std::string& library = plan.job.predict.tensorflow_library;
  if (!library.empty()) {
    return tensorflow::find_library(library, "/tensorflowLibrary");
  }
  if (!plan.interpreter.tensorflow) {
    return no_tensorflow(plan.interpreter);
  }
  return tensorflow::find_library(plan.interpreter.packages, plan.interpreter.found_by);
}

Result<void> check_tensorflow(spec::Component component,
                              const std::optional<std::string>& version) {
  const auto other = spec::for_tensorflow1(component);
  if (other && version && version->starts_with("1.")) {
    return Error(
        ErrorCode::kSpec,
        fmt::format("/component: {} needs TensorFlow 2, found {}; use {} or another pythonEnv",
                    spec::component_name(component),
                    *version,
                    spec::component_name(*other)));
  }
  return {};
}

Error not_python(const worker::Interpreter& interpreter, std::string_view found) {
  return {
      ErrorCode::kSpec,
      fmt::format("{}: '{}' does not start as Python: {}; expected Python 3.6 or newer, in order "
                  "(see what '{} -V' says), or name another with --python or pythonEnv",
                  interpreter.found_by,
                  interpreter.path,
                  found,
                  interpreter.path)};
}

Error tensorflow_missing(const worker::Interpreter& interpreter, std::string_view found) {
  return {
      ErrorCode::kSpec,
      fmt::format("{}; '{}' ({}) has none: install it there ('{} -m pip install tensorflow'), or "
                  "name a Python that has it with --python or pythonEnv",
                  found,
                  interpreter.path,
                  interpreter.found_by,
                  interpreter.path)};
}

Result<Plan> make_plan(spec::JobSpec job, const Surroundings& surroundings) {
  if (spec::family_of(job.component) == spec::Family::kPredict) {
    ALINKTF_ASSIGN_OR_RETURN(auto interpreter, find_predict_interpreter(job, surroundings));
    return Plan{.job = std::move(job), .interpreter = std::move(interpreter), .tasks = {}};
  }
  const bool tf1 = spec::is_for_tensorflow1(job.component);
  ALINKTF_ASSIGN_OR_RETURN(
      auto interpreter,
      worker::find_interpreter(
          {.command_line = surroundings.python,
           .python_env = job.python_env,
           .alink_variable = tf1 ? "TF115_PYTHON_ENV_PATH" : "TF231_PYTHON_ENV_PATH",
           .cache = surroundings.cache_dir,
           .environment = surroundings.variable}));
  ALINKTF_TRY(check_tensorflow(job.component, interpreter.tensorflow));
  auto tasks = cluster::make_tasks(job.num_workers, job.num_pss, job.num_evaluators);
  return Plan{
      .job = std::move(job), .interpreter = std::move(interpreter), .tasks = std::move(tasks)};
}

Result<void> unpack_python(Plan& plan,
                           const Surroundings& surroundings,
                           const sys::Interruption& interruption) {
  worker::Interpreter& python = plan.interpreter;
  if (python.archive.empty()) {
    return {};
  }
  log::message(log::Level::kInfo,
               fmt::format("{}: unpacking {} into {}, for this and later jobs",
                           python.found_by,
                           python.archive,
                           python.folder));
  ALINKTF_TRY(
      worker::unpack_env(python.archive, python.folder, surroundings.environment, interruption)
          .context([&] { return python.found_by; }));
  ALINKTF_TRY(worker::take_unpacked(python));
  return check_tensorflow(plan.job.component, python.tensorflow);
}

worker::Assignment make_assignment(const Plan& plan,
                                   std::size_t number,
                                   int attempt,
                                   const std::vector<cluster::Member>& members,
                                   const std::string& work_dir) {
  const cluster::TaskId task = plan.tasks[number];
  std::vector<std::string> broadcast_files;
  for (std::size_t i = 1; i <= plan.job.broadcast_inputs.size(); ++i) {
    broadcast_files.push_back(work_dir + "/" + worker::WorkDir::broadcast_name(i));
  }
  return {.job = plan.job.name,
          .component = std::string(spec::component_name(plan.job.component)),
          .task = task,
          .task_number = static_cast<int>(number),
          .num_workers = plan.job.num_workers,
          .num_pss = plan.job.num_pss,
          .attempt = attempt,
          .tf_config = cluster::tf_config(members, task),
          .cluster_json = cluster::cluster_json(members),
          .work_dir = work_dir,
          .main_script = plan.job.main_script_file,
          .user_params_json = plan.job.user_params_json,
          .properties = make_properties(plan.job, members, work_dir),
          .broadcast_files = std::move(broadcast_files),
          .intra_op_parallelism = plan.job.intra_op_parallelism,
          .stream = plan.is_stream(),
          .rescan_error = plan.job.rescan == spec::Rescan::kError,
          .shared_passes = plan.job.data_to_chief,
          .output_schema = plan.job.output_schema};
}

std::vector<std::string> make_environment(const Plan& plan,
                                          const std::vector<std::string>& inherited,
                                          const std::string& tf_config,
                                          int attempt) {
  std::map<std::string, std::string> ours{{"TF_CONFIG", tf_config},
                                          {"PYTHONUNBUFFERED", "1"},
                                          {"ALINKTF_ATTEMPT", std::to_string(attempt)}};
  const std::string encoding = "PYTHONIOENCODING";
  if (std::none_of(inherited.begin(), inherited.end(), [&](const std::string& entry) {
        return name_of(entry) == encoding;
      })) {
    ours[encoding] = "utf-8:surrogateescape";
  }
  for (const auto& [name, value] : plan.job.env) {
    ours[name] = value;
  }
  std::vector<std::string> out;
  for (const std::string& entry : inherited) {
    if (!ours.contains(name_of(entry))) {
      out.push_back(entry);
    }
  }
  for (const auto& [name, value] : ours) {
    out.push_back(fmt::format("{}={}", name, value));
  }
  return out;
}

}  // namespace alinktf::job
