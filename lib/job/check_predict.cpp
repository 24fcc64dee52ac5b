#include "job/check_predict.hpp"

#include "predict/model_files.hpp"
#include "source/open.hpp"
#include "sys/temp_dir.hpp"

namespace alinktf::job {

Result<PredictionPlan> plan_prediction(const Plan& plan, const std::string& scratch_parent) {
  const spec::JobSpec& job = plan.job;
  ALINKTF_TRY(source::precheck(job));
  std::string library;
  if (plan.interpreter.archive.empty()) {
    ALINKTF_ASSIGN_OR_RETURN(const auto files, predict_library(plan));
    library = files.files.back();
  }
  ALINKTF_ASSIGN_OR_RETURN(const auto scratch,
                           sys::TempDir::create(scratch_parent, "alinktf-check-"));
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
  ALINKTF_ASSIGN_OR_RETURN(auto binding, predict::bind(plan.job, *signature, table.rows->schema()));
  return PredictionPlan{.library = std::move(library),
                        .saved_by = graph->tensorflow_version,
                        .binding = std::move(binding)};
}

}  // namespace alinktf::job
