#include "spec/fields.hpp"

#include "base/assert.hpp"
#include "spec/component.hpp"

#include <algorithm>
#include <limits>
#include <utility>

namespace alinktf::spec {

namespace {

using std::chrono::milliseconds;

constexpr std::int64_t kMostTasks = 65535;  // each holds a port
constexpr std::int64_t kMostInt = std::numeric_limits<int>::max();
constexpr std::int64_t kMostLong = std::numeric_limits<std::int64_t>::max();

constexpr std::int64_t kMostBatch = 1 << 20U;
constexpr std::int64_t kMostThreads = 256;

constexpr auto kRequired = Presence::kRequired;
constexpr auto kOptional = Presence::kOptional;

std::function<void(std::int64_t)> into(int& to) {
  return [&to](std::int64_t value) { to = static_cast<int>(value); };
}

std::vector<Field> operator+(std::vector<Field> a, const std::vector<Field>& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

Choice component_choice(JobSpec& spec) {
  Choice choice;
  choice.names = component_names();
  choice.set = [&spec, names = choice.names](std::size_t i) {
    spec.component = *component_of(names[i]);
  };
  return choice;
}

// A table reads best with its own line breaks.
// clang-format off

std::vector<Field> what_fields(Draft& draft) {
  JobSpec& spec = draft.spec;
  const auto add_input = [&draft] {
    draft.broadcast_inputs.push_back(std::exchange(draft.next_broadcast_input, {}));
  };
  const auto set_types = [&draft](std::size_t i) { draft.native_params = i == 1; };
  return {
      {"$schema", {}, Ignored{}, "", "The JSON Schema of this file, for editors."},
      {"name", {}, Text{&spec.name}, "",
       "The job's name in logs and directories. Default: the file's name without its ending."},
      {"component", {},
       component_choice(spec),
       "", "What runs: a batch, stream or train script, for TensorFlow 1 or for TensorFlow 2, or a model.", kRequired},
      {"input", {}, Object{input_fields(draft.input)}, "", "The table to read or generate.", kRequired},
      {"broadcastInputs", {}, Objects{input_fields(draft.next_broadcast_input), add_input}, "[]",
       "More tables, each whole for every task: a list of objects like input.",
       Presence::kOptional, {}, {}, {Family::kBatch, Family::kTrain}},
      {"select", {}, Text{&spec.select, true}, "null",
       "SQL select list over the input; * is all columns."},
      {"where", {}, Text{&spec.where, true}, "null", "SQL condition that rows must fulfil."},
      {"selectedCols", {"selectedColNames"}, Names{&spec.selected_cols}, "null",
       "The columns that the script gets, in this order. Default: all."},
      {"userFiles", {"userFile", "scriptFiles"}, Files{}, "[]",
       "Files, directories, archives (unpacked) and http(s) addresses that the script finds in its "
       "work directory."},
      {"mainScriptFile", {}, Text{&spec.main_script_file, false, "the path of a Python script"}, "",
       "The script that defines main: a path, or the name of one of userFiles.", kRequired, {}, {},
       {Family::kBatch, Family::kStream, Family::kTrain}},
      {"userParams", {}, Params{}, "{}", "The script's parameters: an object, or its JSON text."},
      {"userParamTypes", {}, Choice{{"alink", "native"}, {}, set_types}, R"("alink")",
       "alink: the script gets what it would get from Alink, texts in batch and train components, in "
       "stream components values of their types; native: values keep their types."},
      {"outputSchemaStr", {"schemaStr", "schema", "tableSchema"}, SchemaText{&spec.output_schema},
       "", "The columns of the output: name type, name type …", kRequired, {}, {},
       {Family::kBatch, Family::kStream, Family::kPredict}},
      {"output", {}, Object{output_fields(draft)}, "",
       "Where the output goes. Default: it is printed."},
  };
}

std::vector<Field> how_fields(Draft& draft) {
  const std::vector<Family> scripts = {Family::kBatch, Family::kStream, Family::kTrain};
  JobSpec& spec = draft.spec;
  const auto set_parallelism = [&draft](std::int64_t n) { draft.parallelism = static_cast<int>(n); };
  const auto set_split = [&spec](std::size_t i) { spec.even_split = static_cast<EvenSplit>(i); };
  const auto set_seed = [&spec](std::int64_t n) { spec.seed = static_cast<std::uint64_t>(n); };
  const auto to = [](auto& duration) { return [&duration](milliseconds time) { duration = time; }; };
  return {
      {"numWorkers", {}, Integer{1, kMostTasks, into(spec.num_workers)}, "1",
       "Worker processes, the chief among them."},
      {"numPSs", {}, Integer{0, kMostTasks, into(spec.num_pss)}, "0", "Parameter servers."},
      {"numEvaluators", {}, Integer{0, kMostTasks, into(spec.num_evaluators)}, "0",
       "Evaluators: tasks without rows, outside of the cluster, that look at the checkpoints.", {}, {}, {},
       scripts},
      {"parallelism", {}, Integer{1, kMostTasks, set_parallelism}, "null",
       "Alink's number of tasks, from which it takes the numbers of workers and parameter servers that "
       "are not given.", {}, {}, {}, scripts},
      {"evenSplit", {}, Choice{{"pad", "drop", "off"}, {}, set_split}, R"("pad")",
       "Equal shares for all workers: pad repeats the last row, drop leaves out the tail, off, the "
       "default of stream components, lets them differ by one."},
      {"intraOpParallelism", {}, Integer{1, kMostInt, into(spec.intra_op_parallelism)}, "4",
       "TensorFlow's threads within one operation."},
      {"pythonEnv", {}, Text{&spec.python_env, true}, "null",
       "Interpreter, virtual environment, conda directory, or archive of one. Default: searched for."},
      {"env", {}, Texts{&spec.env}, "{}", "Environment variables of the tasks."},
      {"seed", {}, Integer{0, kMostLong, set_seed}, "0", "Seeds RAND() in select and where."},
      {"printProcessInfo", {}, Flag{&spec.print_process_info}, "false",
       "Show every line that the tasks print, and what they were started with."},
      {"timeout", {}, Duration{milliseconds(1), to(spec.timeout)}, "null",
       "The job may take this long. Default: as long as it takes."},
      {"stallTimeout", {}, Duration{milliseconds(1), to(spec.stall_timeout)}, R"("10m")",
       "The job ends when nothing has moved for this long."},
      {"gracePeriod", {}, Duration{milliseconds(0), to(spec.grace_period)}, R"("5s")",
       "Between asking a task to stop and killing it."},
      {"evaluatorTimeout", {}, Duration{milliseconds(0), to(spec.evaluator_timeout)}, R"("60s")",
       "Evaluators get this long after the workers have ended; then they are stopped.", {}, {}, {}, scripts},
      {"downloadTimeout", {}, Duration{milliseconds(1), to(spec.download_timeout)}, R"("1m")",
       "A download that brings less than 1 KiB in this time is given up."},
      {"maxRestarts", {}, Integer{0, kMostInt, into(spec.max_restarts)}, "0",
       "How often all tasks begin again, with the input from its start, after a task has failed."},
      {"holdPorts", {}, Flag{&spec.hold_ports}, "true",
       "Keep the tasks' ports reserved until the job ends."},
      {"isolateNetwork", {}, Flag{&spec.isolate_network}, "false",
       "Run the tasks where they reach each other and nothing else, and nothing else reaches them."},
  };
}

std::vector<Field> stream_fields(JobSpec& spec) {
  const std::vector<Family> stream = {Family::kStream};
  return {
      {"dataTo", {}, Choice{{"workers", "chief"}, {}, [&spec](std::size_t i) { spec.data_to_chief = i == 1; }},
       R"("workers")", "chief: all rows go to the chief, for training that it coordinates "
       "(ParameterServerStrategyV2).", kOptional, {}, {}, stream},
      {"rescan", {}, Choice{{"empty", "error"}, {}, [&spec](std::size_t i) { spec.rescan = static_cast<Rescan>(i); }},
       R"("empty")", "What a second pass over the rows gives: nothing and a warning, or an error.",
       kOptional, {}, {}, stream},
      {"holdChief", {}, Choice{{"auto", "on", "off"}, {}, [&spec](std::size_t i) { spec.hold_chief = static_cast<HoldChief>(i); }},
       R"("auto")", "on: the chief's data ends once the workers are done; auto: if there are "
       "parameter servers.", kOptional, {}, {}, stream},
      {"spillLimit", {}, Size{0, [&spec](std::uint64_t bytes) { spec.spill_limit = bytes; }}, R"("8GiB")",
       "How much of the rows that a lagging worker has not taken may lie in a temporary file.",
       kOptional, {}, {}, stream},
  };
}

std::vector<Field> predict_fields(Draft& draft) {
  PredictSpec& spec = draft.spec.predict;
  const std::vector<Family> predict = {Family::kPredict};
  const auto name = [](std::string& to) { return Text{&to, false, "a name"}; };
  const auto keys = [](std::vector<std::string>& to) { return Names{&to, false, "signature key"}; };
  return {
      {"modelPath", {}, Path{&draft.model_path}, "",
       "The folder of a SavedModel, or an archive of one (.zip, .tar.gz, .tgz).", kOptional, {}, {},
       predict},
      {"modelFilePath", {}, Path{&draft.model_file_path}, "",
       "The file of model rows that a train component has written.", kOptional, {}, {}, predict},
      {"inputSignatureDefs", {}, keys(spec.input_signature_defs), "null",
       "The signature's inputs, in the order of selectedCols. Default: their names.", kOptional, {}, {},
       predict},
      {"outputSignatureDefs", {}, keys(spec.output_signature_defs), "null",
       "The signature's outputs, in the order of outputSchemaStr. Default: the columns' names.",
       kOptional, {}, {}, predict},
      {"graphDefTag", {}, name(spec.graph_def_tag), R"("serve")",
       "The tags of the graph in the model, separated by commas.", kOptional, {}, {}, predict},
      {"signatureDefKey", {}, name(spec.signature_def_key), R"("serving_default")",
       "The signature of the model.", kOptional, {}, {}, predict},
      {"reservedCols", {"keepColNames"}, Names{&draft.reserved_cols, true}, "null",
       "The input columns that the output keeps. Default: all.", kOptional, {}, {}, predict},
      {"batchSize", {"inferBatchSize"}, Integer{1, kMostBatch, into(spec.batch_size)}, "256",
       "Rows that the model gets at once.", kOptional, {}, {}, predict},
      {"threads", {"numThreads"}, Integer{1, kMostThreads, into(spec.threads)}, "1",
       "Batches that each engine process scores at once.", kOptional, {}, {}, predict},
      {"tensorflowLibrary", {}, Path{&spec.tensorflow_library}, "null",
       "TensorFlow's C library, or a folder that holds it. Default: that of pythonEnv.",
       kOptional, {}, {}, predict},
  };
}

/// The keys that belong to components and features of other versions.
std::vector<Field> other_versions() {
  return later_fields({{"inferSelectedCols", ""}});
}

// clang-format on

}  // namespace

std::vector<Field> job_fields(Draft& draft) {
  return what_fields(draft) + how_fields(draft) + stream_fields(draft.spec) +
         predict_fields(draft) + other_versions();
}

std::vector<Field> table_fields(Draft& draft) {
  std::vector<Field> fields;
  for (const Field& field : job_fields(draft)) {
    for (const auto* name : {"input", "select", "where", "selectedCols", "output", "seed"}) {
      if (field.name == name) {
        fields.push_back(field);
      }
    }
  }
  return fields;
}

std::vector<Field> later_fields(
    std::initializer_list<std::pair<std::string_view, std::string_view>> keys) {
  std::vector<Field> fields;
  for (const auto& [name, harmless] : keys) {
    fields.push_back({name, {}, Later{harmless}, "", ""});
  }
  return fields;
}

bool Field::is_called(std::string_view key) const {
  return name == key || std::find(aliases.begin(), aliases.end(), key) != aliases.end();
}

bool Field::is_of(Format format) const {
  return only.empty() || std::find(only.begin(), only.end(), format) != only.end();
}

bool Field::is_of(Family family) const {
  return families.empty() || std::find(families.begin(), families.end(), family) != families.end();
}

bool Field::is_always_needed() const {
  return presence == Presence::kRequired && only.empty() && families.empty();
}

bool Field::is_needed_by(Family family) const {
  return presence == Presence::kRequired && !families.empty() && is_of(family);
}

bool Field::is_needed_by(Format format) const {
  const bool excused =
      std::find(not_needed_by.begin(), not_needed_by.end(), format) != not_needed_by.end();
  return presence == Presence::kRequired && !only.empty() && is_of(format) && !excused;
}

const std::vector<Field>* Field::members() const {
  if (const auto* object = std::get_if<Object>(&value)) {
    return &object->fields;
  }
  if (const auto* either = std::get_if<ChoiceOrObject>(&value)) {
    return &either->fields;
  }
  const auto* list = std::get_if<Objects>(&value);
  return list == nullptr ? nullptr : &list->fields;
}

const Field* find_field(const std::vector<Field>& fields, std::string_view key) {
  const auto found = std::find_if(
      fields.begin(), fields.end(), [&](const Field& field) { return field.is_called(key); });
  return found == fields.end() ? nullptr : &*found;
}

const std::vector<Field>& members_of(const std::vector<Field>& fields, std::string_view name) {
  const Field* field = find_field(fields, name);
  ALINKTF_ASSERT(field != nullptr && field->members() != nullptr);
  return *field->members();
}

}  // namespace alinktf::spec
