#include "cmd/options.hpp"

#include "base/text.hpp"
#include "cmd/exit_status.hpp"
#include "spec/document.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace alinktf::cmd {

namespace {

constexpr const char* kFooter = R"(Exit status:
  0  done
  1  internal fault, or the machine refused (ports, processes, disk)
  2  command line
  3  job file, Python, TensorFlow's version, user files
  4  input or model unreadable, or a bad row
  5  a worker or a prediction engine failed
  6  output exists or cannot be written
  7  time-out or stall
  Ended by INT, TERM or HUP: everything is stopped, then alinktf dies by that signal.)";

/// Adds options and keeps what they say in `options`.
class Parser {
 public:
  explicit Parser(Options& options) : options_(options) {
    app_.set_version_flag("--version",
                          fmt::format("alinktf {} ({})", ALINKTF_VERSION, ALINKTF_COMMIT));
    app_.require_subcommand(1);
    app_.footer(kFooter);
    auto* run = command("run", "Run a job (alinktf JOB.json is the same)", Command::kRun);
    run->add_option("--work-dir", options_.work_dir, "Make the work dir below this folder")
        ->type_name("PARENT");
    run->add_flag(
        "--keep-work-dir", options_.keep_work_dir, "Do not remove the work dir at the end");
    run->add_option("--log-dir",
                    options_.log_dir,
                    "Write a log file per task into this folder (default: one in the user's state "
                    "directory; the last 20 runs stay)")
        ->type_name("DIR");
    run->add_flag("--no-progress", options_.no_progress, "Do not show how far the job is");
    run->add_option("--report", options_.report, "Write what the run was as JSON into this file")
        ->type_name("FILE.json");
    run->add_flag_callback(
        "--print-process-info",
        [this] { add("/printProcessInfo", "true", "--print-process-info"); },
        "Show the tasks' output, TF_CONFIG and counts on stderr");
    auto* check =
        command("check", "Validate a job file and show the plan; start no worker", Command::kCheck);
    check->add_option("--work-dir", options_.work_dir, "Where the work dir would be made")
        ->type_name("PARENT");
    format_option(*check, "text, or json for programs");
    convert_command();
    show_command();
    serve_command();
    doctor_command();
    app_.add_subcommand("schema", "Print the job file's JSON Schema")->callback([this] {
      options_.command = Command::kSchema;
    });
  }

  int parse(int argc, char** argv) {
    try {
      app_.parse(argc, argv);
      return 0;
    } catch (const CLI::ParseError& error) {
      options_.command = Command::kNone;
      return app_.exit(error) == 0 ? 0 : kUsageStatus;
    }
  }

 private:
  CLI::App* command(const std::string& name, const std::string& description, Command which) {
    auto* sub = app_.add_subcommand(name, description);
    sub->callback([this, which] { options_.command = which; });
    sub->add_option("job", options_.job_file, "The job file")->required()->type_name("JOB.json");
    key_option(*sub, "--input", "/input/filePath", "PATH", "The input file; - is stdin");
    key_option(*sub, "--output", "/output/filePath", "PATH", "The output file; - is stdout");
    set_option(*sub, "Set a key of the job file; VALUE is JSON, or else a text");
    number_option(*sub, "--workers", "/numWorkers", "Number of workers, the chief included");
    number_option(*sub, "--ps", "/numPSs", "Number of parameter servers");
    sub->add_option("--python", options_.python, "Python program or environment folder")
        ->type_name("PATH");
    log_level_option(*sub);
    return sub;
  }

  /// The options of commands that read a table without a job file.
  CLI::App* table_command(const std::string& name, const std::string& description, Command which) {
    auto* sub = app_.add_subcommand(name, description);
    sub->callback([this, which] { options_.command = which; });
    key_option(*sub,
               "IN",
               "/input/filePath",
               "IN",
               "A file, a directory or a pattern in quotes; - is stdin")
        ->required();
    return sub;
  }

  void table_options(CLI::App& sub) {
    key_option(sub,
               "--from",
               "/input/format",
               "FORMAT",
               "What the input is: csv, tfrecord, jsonl, ak; savedmodel for a model's directory");
    key_option(
        sub, "--schema", "/input/schemaStr", "SCHEMA", "Its columns: \"id long, name string\"");
    sub.add_flag_callback(
        "--header",
        [this] { add("/input/header", "true", "--header"); },
        "CSV: the first line of the input names the columns");
    key_option(sub, "--select", "/select", "SQL", "SQL select list over the rows");
    key_option(sub, "--where", "/where", "SQL", "SQL condition that rows must fulfil");
    set_option(sub,
               "Set a key as in a job file (input.*, output.*, select, where, selectedCols, seed); "
               "VALUE is JSON, or else a text");
    log_level_option(sub);
    sub.add_flag("--no-progress", options_.no_progress, "Do not show how far it is");
  }

  /// Keys of the job file as options of their own names.
  void serve_command() {
    auto* sub = app_.add_subcommand(
        "serve", "Answer rows with a model's predictions: lines, or HTTP as TensorFlow Serving");
    sub->callback([this] { options_.command = Command::kServe; });
    key_option(*sub,
               "--model,model",
               "/modelFilePath",
               "MODEL",
               "Folder of a SavedModel, an archive of one, model rows (.ak, .csv …) or a pipeline "
               "that Alink has saved")
        ->required();
    whole_number<std::uint16_t>(
        *sub,
        "--http",
        "a port from 0 to 65535",
        "Serve TensorFlow Serving's REST API on this port of 127.0.0.1 (0: any) instead of lines",
        [this](std::uint16_t port) { options_.http_port = port; })
        ->type_name("PORT");
    sub->add_option("--model-name", options_.model_name, "The model's name in HTTP addresses")
        ->type_name("NAME");
    key_option(*sub,
               "--inputSchemaStr",
               "/input/schemaStr",
               "SCHEMA",
               "The columns of the lines: \"x double, name string\"");
    key_option(*sub,
               "--outputSchemaStr",
               "/outputSchemaStr",
               "SCHEMA",
               "The columns of the predictions (default: all outputs of the signature)");
    key_option(*sub, "--from", "/input/format", "FORMAT", "csv (default) or jsonl");
    key_option(*sub, "--to", "/output/format", "FORMAT", "csv or jsonl (default: as --from)");
    list_option(*sub, "--selectedCols", "/selectedCols", "The columns that the model gets");
    list_option(*sub, "--inputSignatureDefs", "/inputSignatureDefs", "The signature's inputs");
    list_option(*sub, "--outputSignatureDefs", "/outputSignatureDefs", "The signature's outputs");
    list_option(*sub, "--reservedCols", "/reservedCols", "The columns that answers keep");
    key_option(*sub, "--graphDefTag", "/graphDefTag", "TAGS", "The graph's tags (default serve)");
    key_option(*sub,
               "--signatureDefKey",
               "/signatureDefKey",
               "KEY",
               "The signature (default serving_default)");
    number_option(*sub, "--intraOpParallelism", "/intraOpParallelism", "Threads in an operation");
    number_option(*sub, "--batchSize", "/batchSize", "Rows that the model gets at once");
    number_option(*sub, "--threads", "/threads", "Requests that are answered at once");
    key_option(*sub,
               "--tensorflowLibrary",
               "/tensorflowLibrary",
               "PATH",
               "TensorFlow's C library (default: that of the Python)");
    set_option(*sub, "Set a key of a prediction's job file; VALUE is JSON, or else a text");
    sub->add_option("--python", options_.python, "Python program or environment folder")
        ->type_name("PATH");
    sub->add_option("--work-dir", options_.work_dir, "Unpack models below this folder")
        ->type_name("PARENT");
    log_level_option(*sub);
  }

  /// A list of names, separated by commas.
  void list_option(CLI::App& sub, const char* name, const char* key, const char* text) {
    sub.add_option_function<std::string>(
           name,
           [this, key, name](const std::string& value) {
             std::string list;
             for (std::size_t at = 0; at < value.size();) {
               const std::size_t end = std::min(value.find(',', at), value.size());
               list += (list.empty() ? "" : ",") + spec::json_string(value.substr(at, end - at));
               at = end + 1;
             }
             add(key, "[" + list + "]", name);
           },
           text)
        ->type_name("A,B,…");
  }

  void doctor_command() {
    auto* sub =
        app_.add_subcommand("doctor", "Say what this machine can run, and what stands in the way");
    sub->callback([this] { options_.command = Command::kDoctor; });
    sub->add_option("--python", options_.python, "A Python program or environment folder to try")
        ->type_name("PATH");
    sub->add_option("--work-dir", options_.work_dir, "Where work dirs would be made")
        ->type_name("PARENT");
    format_option(*sub, "text, or json for programs");
  }

  void convert_command() {
    auto* sub = table_command(
        "convert", "Convert files between csv, tfrecord, jsonl and ak", Command::kConvert);
    key_option(*sub, "OUT", "/output/filePath", "OUT", "The file to write; - is stdout")
        ->required();
    table_options(*sub);
    key_option(*sub,
               "--to",
               "/output/format",
               "FORMAT",
               "What the output is; savedmodel: the directory that a model table holds");
    sub->add_flag_callback(
        "--overwrite",
        [this] { add("/output/overwriteSink", "true", "--overwrite"); },
        "Replace what exists at OUT");
  }

  void show_command() {
    auto* sub = table_command(
        "show",
        "Show what files hold: format, rows, columns, the first rows; a model's signatures",
        Command::kShow);
    table_options(*sub);
    whole_number<std::uint64_t>(*sub,
                                "--rows",
                                "a number of rows",
                                "How many rows to print (default 10)",
                                [this](std::uint64_t rows) { options_.show_rows = rows; });
    sub->add_flag("--verify", options_.verify, "Read and check every row");
    format_option(*sub, "text, or json for programs (no rows then)");
  }

  void format_option(CLI::App& sub, const char* text) {
    sub.add_option_function<std::string>(
           "--format", [this](const std::string& value) { options_.json = value == "json"; }, text)
        ->check(CLI::IsMember({"text", "json"}));
  }

  void set_option(CLI::App& sub, const char* text) {
    sub.add_option_function<std::vector<std::string>>(
           "--set", [this](const std::vector<std::string>& all) { set(all); }, text)
        ->type_name("KEY=VALUE")
        ->expected(1)
        ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  }

  void log_level_option(CLI::App& sub) {
    sub.add_option("--log-level", options_.log_level, "trace, debug, info, warn or error")
        ->check(CLI::IsMember({"trace", "debug", "info", "warn", "error"}));
  }

  CLI::Option* key_option(
      CLI::App& sub, const char* name, const char* key, const char* type, const char* text) {
    return sub
        .add_option_function<std::string>(
            name,
            // As JSON, so that a path that looks like a number stays a path.
            [this, key, name](const std::string& value) { add(key, json_text(value), name); },
            text)
        ->type_name(type);
  }

  void number_option(CLI::App& sub, const char* name, const char* key, const char* text) {
    whole_number<int>(sub, name, "a whole number", text, [this, key, name](int value) {
      add(key, std::to_string(value), name);
    });
  }

  /// An option whose value is a number that `Number` holds; `expected` says so to people.
  template <typename Number, typename Take>
  static CLI::Option* whole_number(
      CLI::App& sub, const char* name, const char* expected, const char* text, Take take) {
    return sub
        .add_option_function<std::string>(
            name,
            [name, expected, take](const std::string& value) {
              Number number{};
              const char* const end = value.data() + value.size();
              const auto read = std::from_chars(value.data(), end, number);
              if (read.ec != std::errc() || read.ptr != end) {
                throw CLI::ValidationError(
                    name, fmt::format("found {}, expected {}", quote(value), expected));
              }
              take(number);
            },
            text)
        ->type_name("N");
  }

  void set(const std::vector<std::string>& all) {
    for (const std::string& each : all) {
      const std::size_t equals = each.find('=');
      if (equals == std::string::npos || equals == 0) {
        throw CLI::ValidationError("--set", fmt::format("found '{}', expected KEY=VALUE", each));
      }
      add(each.substr(0, equals), each.substr(equals + 1));
    }
  }

  /// `place` is what messages call the value; empty: "--set KEY".
  void add(std::string key, std::string value, std::string place = {}) {
    options_.overrides.push_back({std::move(key), std::move(value), std::move(place)});
  }

  Options& options_;
  CLI::App app_{"Run TensorFlow scripts as jobs over tabular data", "alinktf"};
};

bool is_job_file(const std::string& argument) {
  return !argument.starts_with('-') && argument != "run" && argument != "check" &&
         argument != "convert" && argument != "show" && argument != "schema" &&
         argument != "serve" &&
         (argument.ends_with(".json") || argument.find('/') != std::string::npos);
}

}  // namespace

Options parse_options(int argc, char** argv, int& status) {
  Options options;
  options.command_line.assign(argv, argv + argc);
  Parser parser(options);
  std::vector<char*> arguments(argv, argv + argc);
  std::string run = "run";
  if (argc > 1 && is_job_file(argv[1])) {
    arguments.insert(arguments.begin() + 1, run.data());
  }
  status = parser.parse(static_cast<int>(arguments.size()), arguments.data());
  return options;
}

}  // namespace alinktf::cmd
