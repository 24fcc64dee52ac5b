#include "job/restarts.hpp"

#include "base/text.hpp"
#include "log/log.hpp"
#include "process/sweep.hpp"
#include "source/files.hpp"

#include <fmt/format.h>

#include <filesystem>

namespace alinktf::job {

namespace {

using Clock = AttemptStart::Clock;
namespace fs = std::filesystem;

/// What `path` is if it is neither a file nor a directory, and so read or written once.
std::string_view passing_kind(const std::string& path) {
  std::error_code error;
  switch (fs::status(path, error).type()) {
    case fs::file_type::fifo:
      return "a FIFO";
    case fs::file_type::socket:
      return "a socket";
    case fs::file_type::character:
    case fs::file_type::block:
      return "a device";
    default:
      return {};
  }
}

Result<void> check_input(const spec::InputSpec& input, const std::string& place, int restarts) {
  if (input.file_paths.empty()) {
    return {};  // generated: the same rows each time
  }
  ALINKTF_ASSIGN_OR_RETURN(const auto files, source::expand_files(input));
  for (const std::string& file : files) {
    const std::string_view kind = file == "-" ? "standard input" : passing_kind(file);
    if (!kind.empty()) {
      return Error(ErrorCode::kSpec,
                   fmt::format("{}/filePath: {} is {}, which can be read once, but maxRestarts {} "
                               "reads the input again; put the rows into a file first, or remove "
                               "maxRestarts",
                               place,
                               quote(file),
                               kind,
                               restarts));
    }
  }
  return {};
}

Result<void> check_output(const spec::OutputSpec& output, int restarts) {
  const bool standard = output.file_path == "-" || output.file_path == "/dev/stdout";
  const std::string_view kind = standard ? "standard output" : passing_kind(output.file_path);
  if (kind.empty()) {
    return {};
  }
  return Error(
      ErrorCode::kSpec,
      fmt::format("/output{}: the rows go to {}, which does not give them back, but maxRestarts {} "
                  "drops the rows of a failed attempt; write to a file, or remove maxRestarts",
                  output.given ? "/filePath" : "",
                  kind,
                  restarts));
}

std::chrono::milliseconds since(Clock::time_point begin) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - begin);
}

/// End what the tasks of a failed attempt have left: it must not meet those of the next.
Result<void> end_strays(process::NetworkIsolation* isolation) {
  if (isolation != nullptr) {
    return isolation->end_processes();  // a sweep would end the isolation itself
  }
  if (process::sweep()) {
    return {};
  }
  return Error(ErrorCode::kInternal,
               "not restarted: processes of the failed attempt cannot be ended");
}

/// Between two attempts: tell why, clean up, and give the next one its output.
Result<std::unique_ptr<sink::Output>> prepare_next(const AttemptSetting& setting,
                                                   const FailedAttempt& failed,
                                                   const OpenAttemptOutput& open_output) {
  const spec::JobSpec& job = setting.plan.job;
  log::message(
      log::Level::kWarn,
      fmt::format("job '{}': attempt {} failed: {}", job.name, failed.number, failed.error.str()));
  ALINKTF_TRY(end_strays(setting.isolation));
  ALINKTF_TRY(setting.stop.check());
  ALINKTF_ASSIGN_OR_RETURN(auto output, open_output());
  log::message(log::Level::kInfo,
               fmt::format("job '{}': attempt {} begins (restart {} of {}): all tasks, and the "
                           "input from its start",
                           job.name,
                           failed.number + 1,
                           failed.number + 1,
                           job.max_restarts));
  return output;
}

void take(AttemptEnd end, Outcome& outcome) {
  outcome.error = std::move(end.error);
  if (end.stop_signal != 0) {
    outcome.stop_signal = end.stop_signal;
  }
  outcome.counts = end.counts;
  outcome.tasks = std::move(end.tasks);
}

}  // namespace

Result<void> check_restarts(const spec::JobSpec& job) {
  if (job.max_restarts == 0) {
    return {};
  }
  ALINKTF_TRY(check_input(job.input, "/input", job.max_restarts));
  for (std::size_t i = 0; i < job.broadcast_inputs.size(); ++i) {
    ALINKTF_TRY(check_input(
        job.broadcast_inputs[i], fmt::format("/broadcastInputs/{}", i), job.max_restarts));
  }
  return check_output(job.output, job.max_restarts);
}

void run_attempts(const AttemptSetting& setting,
                  std::unique_ptr<sink::Output> first,
                  const OpenAttemptOutput& open_output,
                  Outcome& outcome) {
  const int restarts = setting.plan.job.max_restarts;
  AttemptStart start{.run_began = setting.run_began, .deadline = {}};
  if (setting.plan.job.timeout) {
    start.deadline = start.run_began + *setting.plan.job.timeout;
  }
  auto output = std::move(first);
  for (;;) {
    start.last = start.number == restarts;
    const auto began = since(start.run_began);
    AttemptEnd end = run_attempt(setting, start, std::move(output));
    outcome.attempt = start.number;
    start.deadline = end.deadline;
    if (!end.repeat) {
      return take(std::move(end), outcome);
    }
    outcome.failed_attempts.push_back({.number = start.number,
                                       .began = began,
                                       .ended = since(start.run_began),
                                       .error = *std::move(end.error),
                                       .counts = end.counts,
                                       .tasks = std::move(end.tasks)});
    auto next = prepare_next(setting, outcome.failed_attempts.back(), open_output);
    if (!next.ok()) {
      outcome.error = std::move(next).error();
      return;
    }
    output = std::move(next).value();
    ++start.number;
  }
}

}  // namespace alinktf::job
