#include "cmd/commands.hpp"
#include "cmd/surroundings.hpp"
#include "job/early_stop.hpp"
#include "process/guardian.hpp"
#include "serve/serve.hpp"
#include "spec/spec.hpp"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <thread>

namespace alinktf::cmd {

namespace {

/// For the requests that are being answered, should a guard be killed.
constexpr std::chrono::seconds kGrace{30};

bool is_given(const Options& options, std::string_view name) {
  return std::any_of(
      options.overrides.begin(), options.overrides.end(), [&](const spec::Setting& setting) {
        std::string key = setting.key;
        std::replace(key.begin(), key.end(), '.', '/');
        return key == name || key == "/" + std::string(name);
      });
}

/// The command line as a prediction's job: rows come in on standard input.
Result<spec::JobSpec> parse(const Options& options) {
  std::vector<spec::Setting> settings = {
      {.key = "/component", .value = "\"TFTableModelPredictBatchOp\"", .place = {}},
      {.key = "/name", .value = "\"serve\"", .place = {}},
      {.key = "/input/filePath", .value = "\"-\"", .place = {}},
      {.key = "/output/filePath", .value = "\"-\"", .place = {}}};
  // Stand-ins for what the model or the command line says: HTTP knows no columns.
  if (!is_given(options, "input/schemaStr") && options.http_port) {
    settings.push_back({.key = "/input/schemaStr", .value = "\"x double\"", .place = {}});
  }
  if (!is_given(options, "outputSchemaStr")) {
    settings.push_back({.key = "/outputSchemaStr", .value = "\"x double\"", .place = {}});
  }
  settings.insert(settings.end(), options.overrides.begin(), options.overrides.end());
  const std::string directory = std::filesystem::current_path().string();
  ALINKTF_ASSIGN_OR_RETURN(auto job,
                           spec::parse("{}",
                                       {.file = "serve",
                                        .directory = directory,
                                        .working_directory = directory,
                                        .environment = {},
                                        .overrides = std::move(settings)}));
  if (!is_given(options, "output/format")) {
    job.output.format = job.input.format;
  }
  return job;
}

/// `stop_signal` is the one that ended it before it served; 0: none.
Result<void> serve_planned(const Options& options, const sys::Signals& signals, int& stop_signal) {
  const auto surroundings = read_surroundings(options);
  ALINKTF_ASSIGN_OR_RETURN(auto job, parse(options));
  if (options.http_port && !is_given(options, "threads")) {
    constexpr unsigned kMost = 8;
    job.predict.threads =
        static_cast<int>(std::clamp(std::thread::hardware_concurrency(), 2U, kMost));
  }
  ALINKTF_ASSIGN_OR_RETURN(auto plan, job::make_plan(std::move(job), surroundings));
  ALINKTF_TRY(job::unpack_python(plan, surroundings, job::early_stop(signals, stop_signal)));
  return serve::serve(plan,
                      surroundings,
                      {.http_port = options.http_port,
                       .name = options.model_name,
                       .default_outputs = !is_given(options, "outputSchemaStr")},
                      signals);
}

}  // namespace

int serve(const Options& options) {
  process::start_guarded(kGrace);
  auto signals = sys::Signals::block();
  if (!signals.ok()) {
    return report(signals.error());
  }
  signals.value().leave_blocked();
  int stop_signal = 0;
  const auto served = serve_planned(options, signals.value(), stop_signal);
  const int status = served.ok() ? 0 : report(served.error());
  process::sweep();
  if (stop_signal != 0) {
    process::end_like(stop_signal);
  }
  return status;
}

}  // namespace alinktf::cmd
