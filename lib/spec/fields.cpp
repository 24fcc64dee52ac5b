#include "spec/fields.hpp"

#include "base/assert.hpp"

#include <algorithm>
#include <limits>
#include <utility>

namespace alinktf::spec {

namespace {

using std::chrono::milliseconds;

constexpr std::int64_t kMostTasks = 65535;  // each holds a port
constexpr std::int64_t kMostColumns = 1'000'000;
constexpr std::int64_t kMostInt = std::numeric_limits<int>::max();
constexpr std::int64_t kMostLong = std::numeric_limits<std::int64_t>::max();

constexpr auto kRequired = Presence::kRequired;
constexpr auto kOptional = Presence::kOptional;

std::function<void(std::int64_t)> into(int& to) {
  return [&to](std::int64_t value) { to = static_cast<int>(value); };
}

std::function<void(std::int64_t)> into(std::int64_t& to) {
  return [&to](std::int64_t value) { to = value; };
}

std::vector<Field> later(
    std::initializer_list<std::pair<std::string_view, std::string_view>> keys) {
  std::vector<Field> fields;
  for (const auto& [name, harmless] : keys) {
    fields.push_back({name, {}, Later{harmless}, "", ""});
  }
  return fields;
}

std::vector<Field> operator+(std::vector<Field> a, const std::vector<Field>& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

// A table reads best with its own line breaks.
// clang-format off

std::vector<Field> csv_input_fields(Draft& draft) {
  InputSpec& in = draft.spec.input;
  constexpr auto kCsv = Format::kCsv;
  constexpr std::string_view kOneFile =
      "directories, patterns and lists of files are not supported by this version";
  const auto set_skip = [&draft](std::size_t i) { draft.skip_bad_rows = i == 1; };
  return {
      {"filePath", {}, Path{&draft.input_path}, "",
       "The file to read; - is standard input.", kRequired, kCsv, kOneFile},
      {"schemaStr", {"schema", "tableSchema"}, SchemaText{&in.schema}, "",
       "The columns of the file: name type, name type …", kRequired, kCsv},
      {"fieldDelimiter", {}, Delimiter{&in.csv.field_delimiter}, R"(",")",
       "Between fields; may be several characters.", kOptional, kCsv},
      {"rowDelimiter", {}, Delimiter{&in.csv.row_delimiter}, R"("\n")",
       "Ends a row; may be several characters.", kOptional, kCsv},
      {"quoteChar", {}, QuoteChar{&in.csv.quote_char}, R"("\"")",
       "Quotes fields; null or an empty string for none.", kOptional, kCsv},
      {"header", {}, Flag{&in.csv.header}, "false",
       "The first line names the columns, which are checked against schemaStr.", kOptional, kCsv},
      {"skipBlankLine", {}, Flag{&in.skip_blank_line}, "true",
       "Skip empty lines.", kOptional, kCsv},
      {"ignoreFirstLine", {}, Flag{&in.ignore_first_line}, "false",
       "Skip the first line unread.", kOptional, kCsv},
      {"lenient", {}, Flag{&draft.lenient}, "false",
       "Skip rows that do not parse; the same as onBadRow skip.", kOptional, kCsv},
      {"onBadRow", {}, Choice{{"fail", "skip"}, {}, set_skip}, R"("fail")",
       "What to do with rows that do not parse; skipped rows are counted.", kOptional, kCsv,
       "files for rejected rows are not supported by this version"},
  };
}

std::vector<Field> random_input_fields(Draft& draft) {
  InputSpec& in = draft.spec.input;
  constexpr auto kRandom = Format::kRandom;
  return {
      {"numRows", {"maxRows"}, Integer{0, kMostLong, into(in.num_rows)}, "",
       "How many rows to generate.", kRequired, kRandom},
      {"numCols", {}, Integer{1, kMostColumns, into(in.num_cols)}, "",
       "How many columns to generate. Required unless outputCols names them.", kOptional, kRandom},
      {"idCol", {"idColName"}, Text{&draft.id_col}, "null",
       "Name of a LONG column 0, 1, 2 … put before the generated ones.", kOptional, kRandom},
      {"outputCols", {"outputColNames"}, Names{&in.output_cols}, "null",
       "Names of the generated columns, which decide how many there are. Default: col0, col1 …",
       kOptional, kRandom},
  };
}

std::vector<Field> input_fields(Draft& draft) {
  const auto set_format = [&draft](std::size_t i) { draft.format = i == 0 ? Format::kCsv : Format::kRandom; };
  const std::vector<Field> format = {
      {"format", {}, Choice{{"csv", "random"}, {"tfrecord", "jsonl", "ak"}, set_format}, "",
       "What the input is. Default: by the ending of filePath."}};
  return format + csv_input_fields(draft) + random_input_fields(draft) +
         later({{"outputColConfs", ""}, {"handleInvalidMethod", R"("ERROR")"},
                {"handleInvalid", R"("ERROR")"}, {"partitions", ""}, {"timePerSample", ""},
                {"timeZones", ""}});
}

std::vector<Field> output_fields(OutputSpec& out) {
  const std::vector<Field> csv = {
      {"format", {}, Choice{{"csv"}, {"tfrecord", "jsonl", "ak", "savedmodel"}, {}}, "",
       "What the output is. Default: by the ending of filePath."},
      {"filePath", {}, Path{&out.file_path}, "",
       "The file to write; it appears when the job has succeeded. - is standard output.",
       kRequired},
      {"overwriteSink", {}, Flag{&out.overwrite_sink}, "false",
       "Replace an existing file; otherwise it is an error."},
      {"fieldDelimiter", {}, Delimiter{&out.csv.field_delimiter}, R"(",")",
       "Between fields; may be several characters."},
      {"rowDelimiter", {}, Delimiter{&out.csv.row_delimiter}, R"("\n")",
       "After every row; may be several characters."},
      {"quoteChar", {}, QuoteChar{&out.csv.quote_char}, R"("\"")",
       "Quotes fields that need it; null or an empty string for none."},
      {"header", {}, Flag{&out.csv.header}, "false", "Write the names of the columns first."},
  };
  return csv + later({{"numFiles", "1"}, {"partitionCols", ""}});
}

std::vector<Field> what_fields(Draft& draft) {
  JobSpec& spec = draft.spec;
  const auto set_component = [&spec](std::size_t i) { spec.component = static_cast<Component>(i); };
  const auto set_types = [&draft](std::size_t i) { draft.native_params = i == 1; };
  return {
      {"$schema", {}, Ignored{}, "", "The JSON Schema of this file, for editors."},
      {"name", {}, Text{&spec.name}, "",
       "The job's name in logs and directories. Default: the file's name without its ending."},
      {"component", {},
       Choice{{"TensorFlowBatchOp", "TensorFlow2BatchOp"},
              {"TensorFlowStreamOp", "TensorFlow2StreamOp", "TFTableModelTrainBatchOp",
               "TF2TableModelTrainBatchOp", "TFTableModelPredictBatchOp",
               "TFTableModelPredictStreamOp", "TFSavedModelPredictBatchOp",
               "TFSavedModelPredictStreamOp"},
              set_component},
       "", "What runs: a batch script for TensorFlow 1 or for TensorFlow 2.", kRequired},
      {"input", {}, Object{input_fields(draft)}, "", "The table to read or generate.", kRequired},
      {"select", {}, Text{&spec.select, true}, "null",
       "SQL select list over the input; * is all columns."},
      {"where", {}, Text{&spec.where, true}, "null", "SQL condition that rows must fulfil."},
      {"selectedCols", {"selectedColNames"}, Names{&spec.selected_cols}, "null",
       "The columns that the script gets, in this order. Default: all."},
      {"userFiles", {"userFile", "scriptFiles"}, Files{}, "[]",
       "Files, directories and archives that the script finds in its work directory."},
      {"mainScriptFile", {}, Text{&spec.main_script_file, false, "the path of a Python script"}, "",
       "The script that defines main: a path, or the name of one of userFiles.", kRequired},
      {"userParams", {}, Params{}, "{}", "The script's parameters: an object, or its JSON text."},
      {"userParamTypes", {}, Choice{{"alink", "native"}, {}, set_types}, R"("alink")",
       "alink: the script gets texts, as from Alink; native: values keep their types."},
      {"outputSchemaStr", {"schemaStr", "schema", "tableSchema"}, SchemaText{&spec.output_schema},
       "", "The columns of the output: name type, name type …", kRequired},
      {"output", {}, Object{output_fields(spec.output)}, "",
       "Where the output goes. Default: it is printed."},
  };
}

std::vector<Field> how_fields(JobSpec& spec) {
  const auto set_split = [&spec](std::size_t i) { spec.even_split = static_cast<EvenSplit>(i); };
  const auto set_seed = [&spec](std::int64_t n) { spec.seed = static_cast<std::uint64_t>(n); };
  const auto to = [](auto& duration) { return [&duration](milliseconds time) { duration = time; }; };
  return {
      {"numWorkers", {}, Integer{1, kMostTasks, into(spec.num_workers)}, "1",
       "Worker processes, the chief among them."},
      {"numPSs", {}, Integer{0, kMostTasks, into(spec.num_pss)}, "0", "Parameter servers."},
      {"evenSplit", {}, Choice{{"pad", "drop", "off"}, {}, set_split}, R"("pad")",
       "Equal shares for all workers: pad repeats the last row, drop leaves out the tail, off lets "
       "them differ by one."},
      {"intraOpParallelism", {}, Integer{1, kMostInt, into(spec.intra_op_parallelism)}, "4",
       "TensorFlow's threads within one operation."},
      {"pythonEnv", {}, Text{&spec.python_env, true}, "null",
       "Interpreter, virtual environment or conda directory. Default: searched for."},
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
      {"holdPorts", {}, Flag{&spec.hold_ports}, "true",
       "Keep the tasks' ports reserved until the job ends."},
  };
}

/// The keys that belong to components and features of other versions.
std::vector<Field> later_fields() {
  return later({{"broadcastInputs", "[]"}, {"numEvaluators", "0"}, {"parallelism", ""},
                {"dataTo", R"("workers")"}, {"rescan", R"("empty")"}, {"holdChief", R"("auto")"},
                {"maxRestarts", "0"}, {"isolateNetwork", "false"}, {"spillLimit", ""},
                {"modelPath", ""}, {"modelFilePath", ""}, {"inputSignatureDefs", ""},
                {"outputSignatureDefs", ""}, {"graphDefTag", ""}, {"signatureDefKey", ""},
                {"reservedCols", ""}, {"keepColNames", ""}, {"inferBatchSize", ""},
                {"batchSize", ""}, {"threads", ""}, {"tensorflowLibrary", ""},
                {"inferSelectedCols", ""}});
}

// clang-format on

}  // namespace

std::vector<Field> job_fields(Draft& draft) {
  return what_fields(draft) + how_fields(draft.spec) + later_fields();
}

bool Field::is_called(std::string_view key) const {
  return name == key || std::find(aliases.begin(), aliases.end(), key) != aliases.end();
}

const Field* find_field(const std::vector<Field>& fields, std::string_view key) {
  const auto found = std::find_if(
      fields.begin(), fields.end(), [&](const Field& field) { return field.is_called(key); });
  return found == fields.end() ? nullptr : &*found;
}

const std::vector<Field>& members_of(const std::vector<Field>& fields, std::string_view name) {
  const Field* field = find_field(fields, name);
  ALINKTF_ASSERT(field != nullptr && std::holds_alternative<Object>(field->value));
  return std::get<Object>(field->value).fields;
}

}  // namespace alinktf::spec
