// What alinktf check prints.
#include "job/check.hpp"
#include "spec/component.hpp"
#include "tensorflow/tensor.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace alinktf::job {

namespace {

using Json = nlohmann::ordered_json;

std::string dump(const Json& json) {
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + '\n';
}

Json text_or_null(const std::string& text) {
  return text.empty() ? Json() : Json(text);
}

// --- For people ---

std::string python_text(const worker::Interpreter& python) {
  return fmt::format("python\n  {} (found by {}), {}\n",
                     python.path,
                     python.found_by,
                     !python.archive.empty()
                         ? "from " + python.archive + ", which the first run unpacks"
                     : python.tensorflow ? "TensorFlow " + *python.tensorflow
                                         : "no TensorFlow found");
}

std::string tasks_text(const std::vector<TaskPlan>& tasks) {
  std::string out = "tasks\n";
  for (const TaskPlan& task : tasks) {
    out += fmt::format("  {:<10} TF_CONFIG={}\n", task.name, task.tf_config);
  }
  return out;
}

std::string split_text(const Plan& plan) {
  if (plan.readers() == 1) {
    return fmt::format("split\n  all rows go to chief:0{}\n",
                       plan.job.data_to_chief ? " (dataTo chief)" : "");
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

std::string restarts_text(const Plan& plan) {
  return plan.job.max_restarts == 0
             ? ""
             : fmt::format(
                   "restarts\n  after the failure of a task all tasks begin again, up to {} "
                   "times, with the input from its start\n",
                   plan.job.max_restarts);
}

std::string network_text(const Plan& plan) {
  return plan.job.isolate_network
             ? "network\n  tasks reach each other and nothing else (isolateNetwork)\n"
             : "";
}

std::string features_text(const CheckReport& report) {
  if (!report.features) {
    return report.plan.job.input.format == spec::Format::kTfrecord
               ? "features\n  the TFRecord files' records are passed on as they are; with a "
                 "schemaStr, columns can be selected\n"
               : "features\n  known once the pipe has brought rows\n";
  }
  std::string out =
      "features of each tf.train.Example, as a feature spec to paste\n  features = {\n";
  for (const FeaturePlan& feature : *report.features) {
    out += fmt::format("      \"{}\": tf.io.{}tf.{}),  # {}{}\n",
                       feature.column.name,
                       feature.fixed
                           ? fmt::format("FixedLenFeature([{}], ", fmt::join(feature.shape, ", "))
                           : "VarLenFeature(",
                       feature.dtype,
                       table::type_name(feature.column.type),
                       feature.note);
  }
  return out + "  }\n";
}

std::vector<std::string_view> column_names(const predict::Binding& binding,
                                           const predict::BoundInput& input) {
  std::vector<std::string_view> names;
  for (const std::size_t column : input.columns) {
    names.emplace_back(binding.table[column].name);
  }
  return names;
}

std::string binding_text(const predict::Binding& binding) {
  std::string out = fmt::format("signature {}\n", binding.signature);
  for (const predict::BoundInput& input : binding.inputs) {
    out += fmt::format("  {} -> {}: {}\n",
                       fmt::join(column_names(binding, input), ", "),
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

std::string prediction_text(const Plan& plan, const PredictionPlan& prediction) {
  const spec::JobSpec& job = plan.job;
  return fmt::format(
      "library\n  {}{}\n"
      "model\n  {}{}\n"
      "{}"
      "engines\n  {} process{} with {} thread{}, batches of {} rows\n",
      prediction.library.empty()
          ? "from " + plan.interpreter.archive + ", which the first run unpacks"
          : prediction.library,
      plan.interpreter.tensorflow ? ", TensorFlow " + *plan.interpreter.tensorflow : "",
      job.predict.model,
      prediction.saved_by.empty() ? "" : ", saved by TensorFlow " + prediction.saved_by,
      binding_text(prediction.binding),
      job.num_workers,
      job.num_workers == 1 ? "" : "es",
      job.predict.threads,
      job.predict.threads == 1 ? "" : "s",
      job.predict.batch_size);
}

std::string disk_text(const CheckReport& report) {
  const DiskNeed& need = report.disk;
  const bool stream = report.plan.is_stream();
  const std::string what =
      stream ? fmt::format("rows that a lagging worker has not taken, at most {} (spillLimit)",
                           sys::bytes_text(report.plan.job.spill_limit))
      : need.bytes
          ? fmt::format("{}{} of rows", need.exact ? "" : "about ", sys::bytes_text(*need.bytes))
          : "rows: how many a pipe brings is not known";
  return fmt::format("work dir below {}\n  {}; {} has {} free{}\n",
                     need.folder,
                     what,
                     need.space.mount,
                     sys::bytes_text(need.space.free_bytes),
                     need.space.in_memory ? ", which is memory" : "");
}

// --- For programs ---

Json python_json(const worker::Interpreter& python) {
  if (python.path.empty()) {
    return nullptr;
  }
  return {{"path", python.path},
          {"foundBy", python.found_by},
          {"tensorflow", python.tensorflow ? Json(*python.tensorflow) : Json()},
          {"archive", text_or_null(python.archive)}};
}

Json tasks_json(const std::vector<TaskPlan>& tasks) {
  Json list = Json::array();
  for (const TaskPlan& task : tasks) {
    list.push_back({{"name", task.name}, {"tfConfig", Json::parse(task.tf_config)}});
  }
  return list;
}

Json split_json(const Plan& plan) {
  constexpr std::string_view kNames[] = {"pad", "drop", "off"};
  return {{"readers", plan.readers()},
          {"evenSplit", kNames[static_cast<std::size_t>(plan.job.even_split)]}};
}

Json features_json(const std::optional<std::vector<FeaturePlan>>& features) {
  if (!features) {
    return nullptr;
  }
  Json list = Json::array();
  for (const FeaturePlan& feature : *features) {
    list.push_back({{"name", feature.column.name},
                    {"type", table::type_name(feature.column.type)},
                    {"parser", feature.fixed ? "FixedLenFeature" : "VarLenFeature"},
                    {"shape", feature.fixed ? Json(feature.shape) : Json()},
                    {"dtype", feature.dtype}});
  }
  return list;
}

Json columns_json(const table::Schema& schema) {
  Json list = Json::array();
  for (const table::Column& column : schema) {
    list.push_back({{"name", column.name}, {"type", table::type_name(column.type)}});
  }
  return list;
}

Json prediction_json(const Plan& plan, const std::optional<PredictionPlan>& prediction) {
  if (!prediction) {
    return nullptr;
  }
  const predict::Binding& binding = prediction->binding;
  Json inputs = Json::array();
  for (const predict::BoundInput& input : binding.inputs) {
    inputs.push_back({{"input", input.info.key},
                      {"tensor", tensorflow::describe(input.info.type, input.info.dims)},
                      {"columns", column_names(binding, input)}});
  }
  Json outputs = Json::array();
  for (const predict::BoundOutput& output : binding.outputs) {
    outputs.push_back({{"output", output.info.key},
                       {"tensor", tensorflow::describe(output.info.type, output.info.dims)},
                       {"column", output.column.name}});
  }
  return {{"library", text_or_null(prediction->library)},
          {"model", plan.job.predict.model},
          {"savedBy", text_or_null(prediction->saved_by)},
          {"signatureDefKey", binding.signature},
          {"inputs", inputs},
          {"outputs", outputs},
          {"engines", plan.job.num_workers},
          {"threads", plan.job.predict.threads},
          {"batchSize", plan.job.predict.batch_size}};
}

Json disk_json(const DiskNeed& need) {
  return {{"folder", need.folder},
          {"fileSystem", need.space.mount},
          {"freeBytes", need.space.free_bytes},
          {"neededBytes", need.bytes ? Json(*need.bytes) : Json()},
          {"exact", need.exact}};
}

}  // namespace

std::string to_text(const CheckReport& report) {
  const Plan& plan = report.plan;
  std::string out = fmt::format(
      "job '{}', component {}\n", plan.job.name, spec::component_name(plan.job.component));
  if (report.prediction) {
    out += prediction_text(plan, *report.prediction);
  } else {
    out += python_text(plan.interpreter) + tasks_text(report.tasks) + split_text(plan) +
           restarts_text(plan) + network_text(plan) + features_text(report);
  }
  out += fmt::format("output columns\n  {}\n", table::to_string(report.output));
  return report.prediction ? out : out + disk_text(report);
}

std::string to_json(const CheckReport& report) {
  const Plan& plan = report.plan;
  return dump({{"problems", Json::array()},
               {"warnings", plan.job.warnings},
               {"job", plan.job.name},
               {"component", spec::component_name(plan.job.component)},
               {"python", python_json(plan.interpreter)},
               {"tasks", tasks_json(report.tasks)},
               {"split", report.prediction ? Json() : split_json(plan)},
               {"features", features_json(report.features)},
               {"prediction", prediction_json(plan, report.prediction)},
               {"outputColumns", columns_json(report.output)},
               {"disk", disk_json(report.disk)},
               {"maxRestarts", plan.job.max_restarts},
               {"isolateNetwork", plan.job.isolate_network}});
}

std::string problems_json(const Error& error) {
  Json lines = Json::array();
  const std::string text = error.str();
  for (std::size_t at = 0; at <= text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    lines.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return dump({{"problems", lines}});
}

}  // namespace alinktf::job
