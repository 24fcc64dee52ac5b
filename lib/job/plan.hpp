// What a job will do, decided before anything is started.
#pragma once

#include "base/result.hpp"
#include "cluster/cluster.hpp"
#include "spec/job_spec.hpp"
#include "sys/interruption.hpp"
#include "tensorflow/library.hpp"
#include "worker/interpreter.hpp"
#include "worker/message.hpp"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace alinktf::job {

/// What surrounds a run; read in cmd/ and handed down.
struct Surroundings {
  std::string python;                    ///< --python
  std::string work_dir_parent = "/tmp";  ///< --work-dir, else TMPDIR
  std::string cache_dir;                 ///< of the user, absolute; empty: none
  std::vector<std::string> environment;  ///< the program's own, as NAME=value
  std::function<std::optional<std::string>(const std::string&)> variable;  ///< one of them
};

struct Plan {
  spec::JobSpec job;
  worker::Interpreter interpreter;
  std::vector<cluster::TaskId> tasks;  ///< in the order of task numbers: workers first, chief = 0

  [[nodiscard]] std::size_t workers() const { return static_cast<std::size_t>(job.num_workers); }
  /// How many tasks get rows: the first ones.
  [[nodiscard]] std::size_t readers() const { return job.data_to_chief ? 1 : workers(); }
  [[nodiscard]] bool is_stream() const;
  /// True if the chief's data ends only when the other workers are done.
  [[nodiscard]] bool holds_chief() const;
};

/// Find the interpreter and lay out the tasks. kSpec if the interpreter is missing or its
/// TensorFlow does not suit the component.
Result<Plan> make_plan(spec::JobSpec job, const Surroundings& surroundings);

/// What is told of an interpreter that does not start a task: kSpec with where it was named,
/// `found` (how it failed) and what to do.
Error not_python(const worker::Interpreter& interpreter, std::string_view found);

/// The same of one without the TensorFlow that a script wants.
Error tensorflow_missing(const worker::Interpreter& interpreter, std::string_view found);

/// Unpack the interpreter's environment if it is in an archive and no earlier run has done that.
/// Errors as worker::unpack_env() and make_plan().
Result<void> unpack_python(Plan& plan,
                           const Surroundings& surroundings,
                           const sys::Interruption& interruption);

/// The files of TensorFlow's library for a prediction: those of tensorflowLibrary, or the
/// interpreter's. kSpec if there are none.
Result<tensorflow::LibraryFiles> predict_library(const Plan& plan);

/// kSpec if a component for TensorFlow 2 meets TensorFlow 1.
Result<void> check_tensorflow(spec::Component component, const std::optional<std::string>& version);

/// What task number `number` is told in attempt `attempt` (from 0), given where everybody is.
worker::Assignment make_assignment(const Plan& plan,
                                   std::size_t number,
                                   int attempt,
                                   const std::vector<cluster::Member>& members,
                                   const std::string& work_dir);

/// The environment of a task in attempt `attempt`: the program's own, TF_CONFIG and ours, the job's
/// `env` last.
std::vector<std::string> make_environment(const Plan& plan,
                                          const std::vector<std::string>& inherited,
                                          const std::string& tf_config,
                                          int attempt = 0);

}  // namespace alinktf::job
