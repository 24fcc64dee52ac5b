#include "cmd/commands.hpp"
#include "cmd/exit_status.hpp"
#include "cmd/log_dir.hpp"
#include "cmd/surroundings.hpp"
#include "job/early_stop.hpp"
#include "job/report.hpp"
#include "job/run_job.hpp"
#include "log/log.hpp"
#include "process/guardian.hpp"
#include "sys/atomic_file.hpp"
#include "sys/signals.hpp"

#include <fmt/format.h>

#include <filesystem>

#include <unistd.h>

namespace alinktf::cmd {

namespace {

/// Until the job file says better: how long front and guardian let the runner take to stop.
constexpr std::chrono::seconds kFirstGrace{10};

job::RunOptions make_run_options(const Options& options,
                                 const spec::JobSpec& job,
                                 const LogDir& logs) {
  job::RunOptions run{.print_process_info = job.print_process_info,
                      .log_dir = logs.path,
                      .keep_work_dir = options.keep_work_dir};
  const bool rows_on_terminal = job.output.file_path == "-" && ::isatty(STDOUT_FILENO) == 1;
  if (rows_on_terminal) {
    run.display = sink::Display::kTable;
  }
  run.progress = !options.no_progress && !rows_on_terminal;  // a status line would cross the rows
  return run;
}

/// Tell how the run was: a table on stderr, and the file of --report. On every way out.
Result<void> tell(const Options& options,
                  const job::Plan& plan,
                  const job::Outcome& outcome,
                  std::chrono::milliseconds took) {
  const std::string table = job::report_table(outcome);
  if (!table.empty()) {
    log::message(
        log::Level::kInfo,
        (outcome.engines.empty() ? "tasks:\n" : "engines:\n") + table.substr(0, table.size() - 1));
  }
  if (options.report.empty()) {
    return {};
  }
  const job::ReportContext context{
      .version = ALINKTF_VERSION,
      .command_line = options.command_line,
      .job_file = options.job_file,
      .started = std::chrono::system_clock::now() - took,
      .took = took,
      .exit_status = outcome.error ? exit_status(outcome.error->code()) : 0};
  ALINKTF_ASSIGN_OR_RETURN(auto file,
                           sys::AtomicFile::create(options.report, sys::Overwrite::kYes));
  ALINKTF_TRY(file.write(job::report_json(plan, outcome, context)));
  return file.commit();
}

/// What became of rows that were neither read nor written as they are, and of values that are null
/// because they did not parse: " (2 repeated, 1 skipped)".
std::string describe_others(const job::Counts& counts) {
  const std::pair<std::uint64_t, std::string_view> others[] = {
      {counts.skipped, "skipped"},
      {counts.filtered, "filtered"},
      {counts.dropped, "dropped"},
      {counts.repeated, "repeated"},
      {counts.unread, "unread"},
      {counts.invalid_values, "values invalid"}};
  std::vector<std::string> words;
  for (const auto& [count, name] : others) {
    if (count > 0) {
      words.push_back(fmt::format("{} {}", count, name));
    }
  }
  return words.empty() ? "" : fmt::format(" ({})", fmt::join(words, ", "));
}

void say_done(const job::Plan& plan, const job::Outcome& outcome, std::chrono::milliseconds took) {
  log::message(
      log::Level::kInfo,
      fmt::format("job '{}' done in {:.1f} s{}: {} rows read, {} rows written{}{}",
                  plan.job.name,
                  std::chrono::duration<double>(took).count(),
                  outcome.attempt == 0 ? "" : fmt::format(", in attempt {}", outcome.attempt),
                  outcome.counts.read,
                  outcome.counts.collected,
                  plan.job.output.file_path == "-" ? "" : " to " + plan.job.output.file_path,
                  describe_others(outcome.counts)));
  if (outcome.counts.repeated > 0 && outcome.counts.collected > 0) {
    log::message(log::Level::kWarn,
                 fmt::format("{} rows were repeated so that all workers have the same number "
                             "(evenSplit pad), and the "
                             "script writes rows: results may hold repeated ones",
                             outcome.counts.repeated));
  }
  if (outcome.counts.cut_short) {
    log::message(log::Level::kWarn, "the script ended before it had read all rows of the input");
  } else if (outcome.counts.read == 0) {
    log::message(log::Level::kWarn, "the input is empty: the script ran without rows");
  }
}

/// The last word: where the tasks' lines are. A folder of ours that nobody wrote to goes.
void say_where_logs_are(const Options& options, const LogDir& logs) {
  if (logs.path.empty()) {
    return;
  }
  std::error_code error;
  if (options.log_dir.empty() && std::filesystem::is_empty(logs.path, error)) {
    std::filesystem::remove(logs.path, error);
    return;
  }
  log::message(log::Level::kInfo, "logs of the tasks: " + logs.path);
}

Result<job::Outcome> run_planned(const Options& options,
                                 const sys::Signals& signals,
                                 LogDir& logs) {
  const auto surroundings = read_surroundings(options);
  ALINKTF_ASSIGN_OR_RETURN(job::Plan plan, load_plan(options, surroundings));
  job::Outcome outcome;
  const auto stop = job::early_stop(signals, outcome.stop_signal);
  if (auto ready = job::unpack_python(plan, surroundings, stop); !ready.ok()) {
    outcome.error = std::move(ready).error();
    return outcome;
  }
  ALINKTF_ASSIGN_OR_RETURN(logs,
                           make_log_dir(options.log_dir, plan.job.name, surroundings.variable));
  const auto run_options = make_run_options(options, plan.job, logs);
  if (surroundings.variable("TF_CONFIG")) {
    log::message(log::Level::kWarn,
                 "TF_CONFIG is set in the environment: every task gets its own instead");
  }
  const auto began = std::chrono::steady_clock::now();
  outcome = job::run_job(plan, surroundings, run_options, signals);
  const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(
      std::chrono::steady_clock::now() - began);
  if (outcome.error) {
    if (!outcome.failed_attempts.empty()) {
      outcome.error =
          std::move(*outcome.error).context(fmt::format("attempt {}, the last", outcome.attempt));
    }
    outcome.error = std::move(*outcome.error).context(fmt::format("job '{}'", plan.job.name));
  }
  auto told = tell(options, plan, outcome, took);
  if (!told.ok() && !outcome.error) {
    outcome.error = std::move(told).error().context("--report");
  }
  if (!outcome.error) {
    say_done(plan, outcome, took);
  }
  return outcome;
}

}  // namespace

int run(const Options& options) {
  process::start_guarded(kFirstGrace);
  auto signals = sys::Signals::block();
  if (!signals.ok()) {
    return report(signals.error());
  }
  signals.value().leave_blocked();
  LogDir logs;
  const auto outcome = run_planned(options, signals.value(), logs);
  int status = 0;
  if (!outcome.ok()) {
    status = report(outcome.error());
  } else if (outcome.value().error) {
    status = report(*outcome.value().error);
  }
  say_where_logs_are(options, logs);
  process::sweep();
  if (outcome.ok() && outcome.value().stop_signal != 0) {
    process::end_like(outcome.value().stop_signal);
  }
  return status;
}

}  // namespace alinktf::cmd
