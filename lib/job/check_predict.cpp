#include "job/check_predict.hpp"

#include "predict/binding.hpp"
#include "predict/model_files.hpp"
#include "source/open.hpp"
#include "spec/component.hpp"
#include "sys/temp_dir.hpp"
#include "tensorflow/tensor.hpp"

#include <fmt/format.h>

#include <filesystem>

namespace alinktf::job {

namespace {

std::string describe_binding(const predict::Binding& binding) {
  std::string out = fmt::format("signature {}\n", binding.signature);
  for (const predict::BoundInput& input : binding.inputs) {
    std::vector<std::string_view> columns;
    for (const std::size_t column : input.columns) {
      columns.emplace_back(binding.table[column].name);
    }
    out += fmt::format("  {} -> {}: {}\n",
                       fmt::join(columns, ", "),
                       input.info.key,
                       tensorflow::describe(input.info.type, input.info.dims));
  }
  for (const predict::BoundOutput& output : binding.outputs) {
    out += fmt::format("  {}: {} -> {} {}\n",
                       output.info.key,
                       tensorflow::describe(output.info.type, output.info.dims),
                       output.column.name,
                       table::type_name(output.column.type));
  }
  out += binding.style == predict::Style::kRow ? "  a cell is one row of an input\n"
                                               : "  a cell is a whole tensor with its batch axis\n";
  out += binding.batchable ? ""
                           : "  rows go through the model one by one: a tensor is not open "
                             "along its first axis\n";
  return out;
}

}  // namespace

Result<std::string> describe_prediction(const Plan& plan) {
  const spec::JobSpec& job = plan.job;
  ALINKTF_TRY(source::precheck(job));
  ALINKTF_ASSIGN_OR_RETURN(const auto library, predict_library(plan));
  std::error_code error;
  ALINKTF_ASSIGN_OR_RETURN(
      const auto scratch,
      sys::TempDir::create(std::filesystem::temp_directory_path(error).string(), "alinktf-check-"));
  ALINKTF_ASSIGN_OR_RETURN(
      auto files,
      predict::open_model(job.predict.model, scratch.path(), -1, [] { return Result<void>(); }));
  if (!files.stages.empty()) {
    ALINKTF_ASSIGN_OR_RETURN(files.model.graphs,
                             tensorflow::read_saved_model(files.stages.front().directory));
  }
  ALINKTF_ASSIGN_OR_RETURN(const auto* const graph,
                           predict::find_graph(files.model.graphs, job.predict.graph_def_tag));
  ALINKTF_ASSIGN_OR_RETURN(const auto* const signature,
                           predict::find_signature(*graph, job.predict.signature_def_key));
  ALINKTF_ASSIGN_OR_RETURN(const source::Table table, source::open(job, -1));
  ALINKTF_ASSIGN_OR_RETURN(const auto binding,
                           predict::bind(plan.job, *signature, table.rows->schema()));
  return fmt::format(
      "job '{}', component {}\n"
      "library\n  {}{}\n"
      "model\n  {}{}\n"
      "{}"
      "engines\n  {} process{} with {} thread{}, batches of {} rows\n"
      "output columns\n  {}\n",
      job.name,
      spec::component_name(job.component),
      library.files.back(),
      plan.interpreter.tensorflow ? ", TensorFlow " + *plan.interpreter.tensorflow : "",
      job.predict.model,
      graph->tensorflow_version.empty() ? "" : ", saved by TensorFlow " + graph->tensorflow_version,
      describe_binding(binding),
      job.num_workers,
      job.num_workers == 1 ? "" : "es",
      job.predict.threads,
      job.predict.threads == 1 ? "" : "s",
      job.predict.batch_size,
      table::to_string(binding.schema));
}

}  // namespace alinktf::job
