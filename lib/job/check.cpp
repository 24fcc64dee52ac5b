#include "job/check.hpp"

#include "job/check_predict.hpp"
#include "source/open.hpp"
#include "spec/component.hpp"
#include "spec/spec.hpp"
#include "table/nested.hpp"

#include <fmt/format.h>

#include <algorithm>

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
std::string feature_shape(table::ColumnType type, const table::NestedView& value) {
  const std::size_t rank =
      value.rank() - (type == table::ColumnType::kByteTensor && value.rank() > 0 ? 1 : 0);
  std::string shape;
  for (std::size_t axis = 0; axis < rank; ++axis) {
    const bool sparse = value.kind() == table::NestedKind::kSparseVector;
    shape +=
        fmt::format("{}{}", axis == 0 ? "" : ", ", sparse ? value.dense_size() : value.dim(axis));
  }
  return "[" + shape + "]";
}

/// How to parse one column. `cell` is its first value that is not null, or null.
std::string feature_spec(const table::Column& column, const table::Cell* cell) {
  const std::string_view type = table::type_name(column.type);
  if (table::storage(column.type) != table::Storage::kNested) {
    return fmt::format("tf.io.FixedLenFeature([], tf.{}),  # {}", feature_dtype(column.type), type);
  }
  if (!table::feature_kind(column.type)) {
    return fmt::format(
        "tf.io.VarLenFeature(tf.float32),  # {}: or int64 or string, as its values are", type);
  }
  if (cell == nullptr) {
    return fmt::format("tf.io.VarLenFeature(tf.{}),  # {}", feature_dtype(column.type), type);
  }
  return fmt::format("tf.io.FixedLenFeature({}, tf.{}),  # {}, the shape of its first value",
                     feature_shape(column.type, table::NestedView(cell->bytes())),
                     feature_dtype(column.type),
                     type);
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

/// Reads the first rows of `table` if the shapes of vectors or tensors are to be told.
Result<std::string> describe_features(table::RowReader& table) {
  const table::Schema& schema = table.schema();
  if (schema.empty()) {
    return std::string(
        "features\n  the TFRecord files' records are passed on as they are; with a schemaStr, "
        "columns can be selected\n");
  }
  table::RowBlock block(schema.size());
  const bool nested = std::any_of(schema.begin(), schema.end(), [](const table::Column& column) {
    return table::storage(column.type) == table::Storage::kNested;
  });
  if (nested && !table.would_wait()) {
    ALINKTF_TRY(table.read(block));
  }
  std::string out =
      "features of each tf.train.Example, as a feature spec to paste\n  features = {\n";
  for (std::size_t i = 0; i < schema.size(); ++i) {
    out += fmt::format(
        "      \"{}\": {}\n", schema[i].name, feature_spec(schema[i], first_value(block, i)));
  }
  return out + "  }\n";
}

}  // namespace

Result<std::string> describe(const Plan& plan) {
  if (spec::family_of(plan.job.component) == spec::Family::kPredict) {
    return describe_prediction(plan);
  }
  ALINKTF_TRY(source::precheck(plan.job));
  ALINKTF_ASSIGN_OR_RETURN(const source::Table table, source::open(plan.job, -1));
  std::string out = fmt::format(
      "job '{}', component {}\n", plan.job.name, spec::component_name(plan.job.component));
  out += fmt::format("python\n  {} (found by {}), {}\n",
                     plan.interpreter.path,
                     plan.interpreter.found_by,
                     !plan.interpreter.archive.empty()
                         ? "from " + plan.interpreter.archive + ", which the first run unpacks"
                     : plan.interpreter.tensorflow ? "TensorFlow " + *plan.interpreter.tensorflow
                                                   : "no TensorFlow found");
  ALINKTF_ASSIGN_OR_RETURN(const std::string features, describe_features(*table.rows));
  out += describe_tasks(plan) + describe_split(plan) + features;
  out += fmt::format("output columns\n  {}\n", table::to_string(plan.job.output_schema));
  return out;
}

}  // namespace alinktf::job
