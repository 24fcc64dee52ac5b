#include "job/check.hpp"

#include "cluster/held_port.hpp"
#include "job/restarts.hpp"
#include "sink/output.hpp"
#include "source/open.hpp"
#include "spec/component.hpp"
#include "table/nested.hpp"
#include "worker/user_files.hpp"

#include <algorithm>
#include <filesystem>

namespace alinktf::job {

namespace {

namespace fs = std::filesystem;

/// The plan's tasks. Holds as many ports as they need for a moment: kInternal if there are none.
Result<std::vector<TaskPlan>> plan_tasks(const Plan& plan) {
  std::vector<cluster::Member> members;
  std::vector<cluster::HeldPort> ports;
  for (const cluster::TaskId task : plan.tasks) {
    if (cluster::is_in_cluster(task.role)) {
      ALINKTF_ASSIGN_OR_RETURN(auto port, cluster::HeldPort::take());
      ports.push_back(std::move(port));
      members.push_back({.task = task, .address = "127.0.0.1:PORT"});
    }
  }
  std::vector<TaskPlan> tasks;
  for (const cluster::TaskId task : plan.tasks) {
    tasks.push_back(
        {.name = cluster::to_string(task), .tf_config = cluster::tf_config(members, task)});
  }
  return tasks;
}

std::string_view feature_dtype(table::ColumnType type) {
  switch (table::feature_kind(type).value_or(table::FeatureKind::kBytesList)) {
    case table::FeatureKind::kInt64List:
      return "int64";
    case table::FeatureKind::kFloatList:
      return "float32";
    default:
      return "string";
  }
}

/// The shape that the feature of a vector or tensor has; a tensor of bytes is a text per row.
std::vector<std::int64_t> feature_shape(table::ColumnType type, const table::NestedView& value) {
  const std::size_t rank =
      value.rank() - (type == table::ColumnType::kByteTensor && value.rank() > 0 ? 1 : 0);
  const bool sparse = value.kind() == table::NestedKind::kSparseVector;
  std::vector<std::int64_t> shape;
  for (std::size_t axis = 0; axis < rank; ++axis) {
    shape.push_back(static_cast<std::int64_t>(sparse ? value.dense_size() : value.dim(axis)));
  }
  return shape;
}

/// How to parse one column. `cell` is its first value that is not null, or null.
FeaturePlan plan_feature(const table::Column& column, const table::Cell* cell) {
  FeaturePlan feature;
  feature.column = column;
  feature.dtype = feature_dtype(column.type);
  if (table::storage(column.type) != table::Storage::kNested) {
    return feature;
  }
  feature.fixed = table::feature_kind(column.type).has_value() && cell != nullptr;
  if (!table::feature_kind(column.type)) {
    feature.dtype = "float32";
    feature.note = ": or int64 or string, as its values are";
  } else if (feature.fixed) {
    feature.shape = feature_shape(column.type, table::NestedView(cell->bytes()));
    feature.note = ", the shape of its first value";
  }
  return feature;
}

/// The first value of `column` among the rows of `block`, or null.
const table::Cell* first_value(const table::RowBlock& block, std::size_t column) {
  for (std::size_t row = 0; row < block.rows(); ++row) {
    if (!block.row(row)[column].null) {
      return &block.row(row)[column];
    }
  }
  return nullptr;
}

std::vector<FeaturePlan> plan_features(const table::Schema& schema, const table::RowBlock& block) {
  std::vector<FeaturePlan> features;
  for (std::size_t i = 0; i < schema.size(); ++i) {
    features.push_back(plan_feature(schema[i], first_value(block, i)));
  }
  return features;
}

/// Reads the first rows if the shapes of vectors or tensors are to be told.
Result<std::optional<std::vector<FeaturePlan>>> plan_features(const spec::JobSpec& job) {
  using Features = std::optional<std::vector<FeaturePlan>>;
  if (source::is_endless(job.input)) {
    return job.select.empty() && job.selected_cols.empty() && !job.input.schema.empty()
               ? Features(plan_features(job.input.schema, table::RowBlock(job.input.schema.size())))
               : Features();
  }
  ALINKTF_ASSIGN_OR_RETURN(const source::Table table, source::open(job, -1));
  const table::Schema& schema = table.rows->schema();
  if (schema.empty()) {
    return Features();
  }
  table::RowBlock block(schema.size());
  if (std::any_of(schema.begin(), schema.end(), [](const table::Column& column) {
        return table::storage(column.type) == table::Storage::kNested;
      })) {
    ALINKTF_TRY(table.rows->read(block));
  }
  return Features(plan_features(schema, block));
}

/// What is wrong with the output, which is opened and given up again unless somebody reads from it.
Result<void> check_output(const spec::OutputSpec& output,
                          const table::Schema& schema,
                          sink::Life life) {
  std::error_code error;
  const auto status = fs::status(output.file_path, error);
  const bool direct =
      output.file_path == "-" ||
      (fs::exists(status) && !fs::is_regular_file(status) && !fs::is_directory(status));
  if (direct) {
    return {};
  }
  ALINKTF_TRY(sink::open_output(output, schema, sink::Display::kCsv, life));
  return {};
}

}  // namespace

Result<CheckReport> examine(Plan plan, const Surroundings& surroundings) {
  CheckReport report{.plan = std::move(plan),
                     .tasks = {},
                     .features = {},
                     .output = {},
                     .prediction = {},
                     .disk = {}};
  const spec::JobSpec& job = report.plan.job;
  if (spec::family_of(job.component) == spec::Family::kPredict) {
    ALINKTF_ASSIGN_OR_RETURN(report.prediction,
                             plan_prediction(report.plan, surroundings.work_dir_parent));
    report.output = report.prediction->binding.schema;
  } else {
    ALINKTF_TRY(worker::UserFiles::check(job.user_files));
    ALINKTF_TRY(source::precheck(job));
    ALINKTF_TRY(check_restarts(job));
    ALINKTF_ASSIGN_OR_RETURN(report.features, plan_features(job));
    ALINKTF_ASSIGN_OR_RETURN(report.tasks, plan_tasks(report.plan));
    report.output = job.output_schema;
  }
  ALINKTF_TRY(
      check_output(job.output,
                   report.output,
                   spec::is_stream(job.component) ? sink::Life::kGrowing : sink::Life::kWhole));
  ALINKTF_ASSIGN_OR_RETURN(report.disk, disk_need(report.plan, surroundings.work_dir_parent));
  ALINKTF_TRY(check_fits(report.disk));
  return report;
}

}  // namespace alinktf::job
