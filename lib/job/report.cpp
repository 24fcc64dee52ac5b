#include "job/report.hpp"

#include "base/secrets.hpp"
#include "job/seconds.hpp"
#include "spec/component.hpp"
#include "spec/spec.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <ctime>
#include <memory>

#include <sha2.h>
#include <unistd.h>

namespace alinktf::job {

namespace {

using Json = nlohmann::ordered_json;
using std::chrono::milliseconds;

constexpr double kMebibyte = 1024.0 * 1024.0;

Json seconds_or_null(const std::optional<milliseconds>& time) {
  return time ? Json(seconds(*time)) : Json();
}

/// The file's path and SHA-256; null if it cannot be read (any more).
Json file_and_hash(const std::string& path) {
  struct Free {
    void operator()(char* text) const { std::free(text); }  // NOLINT: the library's malloc
  };
  const std::unique_ptr<char, Free> hash(::SHA256File(path.c_str(), nullptr));
  return {{"path", path}, {"sha256", hash ? Json(hash.get()) : Json()}};
}

std::string host_name() {
  std::array<char, 256> name{};
  return ::gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "";
}

Json counts_json(const Counts& counts) {
  return {{"read", counts.read},
          {"repeated", counts.repeated},
          {"sent", counts.sent},
          {"dropped", counts.dropped},
          {"filtered", counts.filtered},
          {"skipped", counts.skipped},
          {"received", counts.received},
          {"unread", counts.unread},
          {"written", counts.written},
          {"collected", counts.collected}};
}

/// Behind what is in `process`: what it used, and how it ended.
void add_end(const std::optional<process::ExitStatus>& end, bool stopped, Json& process) {
  process["cpu_seconds"] = end ? Json(seconds(end->cpu)) : Json();
  process["peak_memory_bytes"] = end ? Json(end->max_rss_bytes) : Json();
  process["exit_status"] = end && end->signal == 0 ? Json(end->code) : Json();
  process["signal"] = end && end->signal != 0 ? Json(end->signal) : Json();
  process["stopped_by_us"] = stopped;
}

Json task_json(const TaskReport& task, const std::string& host) {
  Json json = {
      {"task", cluster::to_string(task.id)},
      {"role", cluster::role_name(task.id.role)},
      {"index", task.id.index},
      {"pid", task.pid},
      {"host", host},
      {"started", seconds_or_null(task.times.started)},
      {"ready", seconds_or_null(task.times.hello)},
      {"first_record", seconds_or_null(task.times.first_record)},
      {"main_started", seconds_or_null(task.times.main_started)},
      {"main_done", seconds_or_null(task.times.main_done)},
      {"ended", seconds_or_null(task.times.ended)},
      {"rows_in", task.counts.records_fed},
      {"rows_out", task.counts.records_received},
      {"bytes_in", task.counts.bytes_fed},
      {"bytes_out", task.counts.bytes_received},
      {"bytes_logged", task.counts.bytes_logged},
  };
  add_end(task.exit_status, task.stopped, json);
  return json;
}

Json tasks_json(const std::vector<TaskReport>& tasks, const std::string& host) {
  Json all = Json::array();
  for (const TaskReport& task : tasks) {
    all.push_back(task_json(task, host));
  }
  return all;
}

Json engines_json(const std::vector<EngineReport>& engines, const std::string& host) {
  Json all = Json::array();
  for (const EngineReport& engine : engines) {
    Json& json = all.emplace_back(Json({{"engine", fmt::format("engine:{}", engine.index)},
                                        {"index", engine.index},
                                        {"pid", engine.pid},
                                        {"host", host},
                                        {"started", seconds_or_null(engine.started)},
                                        {"ready", seconds_or_null(engine.ready)},
                                        {"ended", seconds_or_null(engine.ended)},
                                        {"rows", engine.rows},
                                        {"batches", engine.batches},
                                        {"bytes_in", engine.bytes_in},
                                        {"bytes_out", engine.bytes_out},
                                        {"busy_seconds", engine.busy.count()}}));
    add_end(engine.exit_status, engine.stopped, json);
  }
  return all;
}

Json failed_json(const std::vector<FailedAttempt>& attempts, const std::string& host) {
  Json all = Json::array();
  for (const FailedAttempt& attempt : attempts) {
    all.push_back({{"attempt", attempt.number},
                   {"started", seconds(attempt.began)},
                   {"ended", seconds(attempt.ended)},
                   {"error", attempt.error.str()},
                   {"rows", counts_json(attempt.counts)},
                   {"tasks", tasks_json(attempt.tasks, host)}});
  }
  return all;
}

Json job_json(const Plan& plan, const Outcome& outcome, const ReportContext& context) {
  const double took = seconds(context.took);
  const auto rate = [&](std::uint64_t rows) {
    return took > 0 ? Json(static_cast<double>(rows) / took) : Json();
  };
  return {
      {"job", plan.job.name},
      {"component", spec::component_name(plan.job.component)},
      {"exit_status", context.exit_status},
      {"signal", outcome.stop_signal != 0 ? Json(outcome.stop_signal) : Json()},
      {"error", outcome.error ? Json(outcome.error->str()) : Json()},
      {"started",
       fmt::format("{:%FT%TZ}",
                   fmt::gmtime(std::chrono::system_clock::to_time_t(context.started)))},
      {"seconds", took},
      {"attempt", outcome.attempt},
      {"rows", counts_json(outcome.counts)},
      {"invalid_values", outcome.counts.invalid_values},
      {"rows_read_per_second", rate(outcome.counts.read)},
      {"rows_written_per_second", rate(outcome.counts.collected)},
      {"command_line", context.command_line},
      {"versions",
       {{"alinktf", context.version},
        {"tensorflow", plan.interpreter.tensorflow ? Json(*plan.interpreter.tensorflow) : Json()}}},
      {"python", {{"path", plan.interpreter.path}, {"found_by", plan.interpreter.found_by}}},
      {"job_file", file_and_hash(context.job_file)},
      {"main_script", file_and_hash(plan.job.main_script_file)},
      {"input", plan.job.input.file_paths},
      {"output", plan.job.output.file_path},
  };
}

std::string attempt_line(int number) {
  return fmt::format("attempt {}\n", number);
}

// The last columns of the table: what a process used, when and how it ended.

std::string cpu_text(const std::optional<process::ExitStatus>& end) {
  return end ? fmt::format("{:.2f}", seconds(end->cpu)) : "-";
}

std::string memory_text(const std::optional<process::ExitStatus>& end) {
  return end ? fmt::format("{:.0f}", static_cast<double>(end->max_rss_bytes) / kMebibyte) : "-";
}

std::string time_text(const std::optional<milliseconds>& time) {
  return time ? fmt::format("{:.2f}", seconds(*time)) : "-";
}

std::string end_text(const std::optional<process::ExitStatus>& end, bool stopped) {
  return !end ? "not known" : stopped ? "stopped by alinktf" : process::describe(*end);
}

/// A line of titles, and one for each engine.
std::string engine_table(const std::vector<EngineReport>& engines) {
  std::string lines = fmt::format("{:<12} {:>12} {:>12} {:>9} {:>10} {:>9} {:>9}  {}\n",
                                  "engine",
                                  "rows",
                                  "batches",
                                  "CPU s",
                                  "peak MiB",
                                  "ready s",
                                  "ended s",
                                  "how");
  for (const EngineReport& engine : engines) {
    const auto& end = engine.exit_status;
    lines += fmt::format("{:<12} {:>12} {:>12} {:>9} {:>10} {:>9} {:>9}  {}\n",
                         fmt::format("engine:{}", engine.index),
                         engine.rows,
                         engine.batches,
                         cpu_text(end),
                         memory_text(end),
                         time_text(engine.ready),
                         time_text(engine.ended),
                         end_text(end, engine.stopped));
  }
  return lines;
}

/// A line of the table for each task.
std::string task_lines(const std::vector<TaskReport>& tasks) {
  std::string lines;
  for (const TaskReport& task : tasks) {
    const auto& end = task.exit_status;
    lines += fmt::format("{:<12} {:>12} {:>12} {:>9} {:>10} {:>9}  {}\n",
                         cluster::to_string(task.id),
                         task.counts.records_fed,
                         task.counts.records_received,
                         cpu_text(end),
                         memory_text(end),
                         time_text(task.times.ended),
                         end_text(end, task.stopped));
  }
  return lines;
}

/// Mask the secrets in all texts of `json`.
void mask(Json& json) {
  if (json.is_string()) {
    json = mask_secrets(json.get_ref<const std::string&>());
  } else if (json.is_structured()) {
    std::for_each(json.begin(), json.end(), mask);
  }
}

}  // namespace

std::string report_json(const Plan& plan, const Outcome& outcome, const ReportContext& context) {
  Json report = job_json(plan, outcome, context);
  const std::string host = host_name();
  report["tasks"] = tasks_json(outcome.tasks, host);
  report["engines"] = engines_json(outcome.engines, host);
  report["failed_attempts"] = failed_json(outcome.failed_attempts, host);
  mask(report);
  // Paths and messages may hold any bytes; JSON may not.
  return report.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::string report_table(const Outcome& outcome) {
  if (!outcome.engines.empty()) {
    return engine_table(outcome.engines);
  }
  if (outcome.tasks.empty() && outcome.failed_attempts.empty()) {
    return {};
  }
  const bool numbered = !outcome.failed_attempts.empty();
  std::string table = fmt::format("{:<12} {:>12} {:>12} {:>9} {:>10} {:>9}  {}\n",
                                  "task",
                                  "rows in",
                                  "rows out",
                                  "CPU s",
                                  "peak MiB",
                                  "ended s",
                                  "how");
  for (const FailedAttempt& attempt : outcome.failed_attempts) {
    table += attempt_line(attempt.number) + task_lines(attempt.tasks);
  }
  if (!outcome.tasks.empty()) {
    table += (numbered ? attempt_line(outcome.attempt) : "") + task_lines(outcome.tasks);
  }
  return table;
}

}  // namespace alinktf::job
