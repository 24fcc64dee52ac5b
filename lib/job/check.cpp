#include "job/check.hpp"

#include "source/open.hpp"
#include "spec/spec.hpp"

#include <fmt/format.h>

namespace alinktf::job {

namespace {

std::string describe_tasks(const Plan& plan) {
  std::vector<cluster::Member> members;
  for (const cluster::TaskId task : plan.tasks) {
    members.push_back({.task = task, .address = "127.0.0.1:PORT"});
  }
  std::string out = "tasks\n";
  for (const cluster::TaskId task : plan.tasks) {
    out += fmt::format(
        "  {:<10} TF_CONFIG={}\n", cluster::to_string(task), cluster::tf_config(members, task));
  }
  return out;
}

std::string describe_split(const Plan& plan) {
  if (plan.job.num_workers == 1) {
    return "split\n  all rows go to chief:0\n";
  }
  const char* rest =
      plan.job.even_split == spec::EvenSplit::kPad
          ? "the last row is repeated until all have the same number (evenSplit pad)"
      : plan.job.even_split == spec::EvenSplit::kDrop
          ? "the last rows are dropped until all have the same number (evenSplit drop)"
          : "numbers differ by at most one (evenSplit off)";
  return fmt::format("split\n  row k goes to worker k mod {} (chief:0 is worker 0); {}\n",
                     plan.job.num_workers,
                     rest);
}

std::string_view feature_dtype(table::ColumnType type) {
  switch (table::storage(type)) {
    case table::Storage::kInteger:
      return "int64";
    case table::Storage::kReal:
      return "float32";
    default:
      return "string";
  }
}

std::string describe_features(const table::Schema& schema) {
  std::string out =
      "features of each tf.train.Example, as a feature spec to paste\n  features = {\n";
  for (const table::Column& column : schema) {
    out += fmt::format("      \"{}\": tf.io.FixedLenFeature([], tf.{}),  # {}\n",
                       column.name,
                       feature_dtype(column.type),
                       table::type_name(column.type));
  }
  return out + "  }\n";
}

}  // namespace

Result<std::string> describe(const Plan& plan) {
  ALINKTF_TRY(source::precheck(plan.job));
  ALINKTF_ASSIGN_OR_RETURN(const source::Table table, source::open(plan.job, -1));
  std::string out = fmt::format(
      "job '{}', component {}\n", plan.job.name, spec::component_name(plan.job.component));
  out += fmt::format("python\n  {} (found by {}), {}\n",
                     plan.interpreter.path,
                     plan.interpreter.found_by,
                     plan.interpreter.tensorflow ? "TensorFlow " + *plan.interpreter.tensorflow
                                                 : "no TensorFlow found");
  out += describe_tasks(plan) + describe_split(plan) + describe_features(table.rows->schema());
  out += fmt::format("output columns\n  {}\n", table::to_string(plan.job.output_schema));
  return out;
}

}  // namespace alinktf::job
