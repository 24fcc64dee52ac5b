// convert and show: tables without a job file.
#include "cmd/commands.hpp"
#include "cmd/surroundings.hpp"
#include "convert/convert.hpp"
#include "convert/copy_records.hpp"
#include "convert/foreground.hpp"
#include "convert/infer.hpp"
#include "convert/meter.hpp"
#include "convert/show.hpp"
#include "convert/show_model.hpp"
#include "log/log.hpp"
#include "process/guardian.hpp"
#include "spec/document.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <optional>

#include <unistd.h>

namespace alinktf::cmd {

namespace {

Result<spec::JobSpec> parse(const Options& options) {
  const std::string directory = std::filesystem::current_path().string();
  return spec::parse_table({.file = {},
                            .directory = directory,
                            .working_directory = directory,
                            .environment = {},
                            .overrides = options.overrides});
}

/// TFRecord files tell their columns; those of texts are only guessed, so a person has to agree.
Result<void> complete_schema(spec::JobSpec& job) {
  spec::InputSpec& input = job.input;
  const bool needs_none = input.format == spec::Format::kRandom ||
                          input.format == spec::Format::kAk ||
                          input.format == spec::Format::kSavedModel || convert::copies_records(job);
  if (!input.schema.empty() || needs_none) {
    return {};
  }
  if (job.output.format == spec::Format::kSavedModel) {
    input.schema = table::model_table_schema();
    return {};
  }
  ALINKTF_ASSIGN_OR_RETURN(const auto inferred, convert::infer(input));
  if (input.format == spec::Format::kTfrecord) {
    convert::apply(inferred, input);
    return {};
  }
  return Error(ErrorCode::kSpec,
               fmt::format("the columns of '{}' are not given; its first rows look like {}",
                           input.file_paths.front(),
                           convert::as_options(inferred)));
}

/// A pass over a table that signals can stop and that shows how far it is.
template <typename Work>
int run_pass(const Options& options, const spec::InputSpec& input, bool quiet, Work&& work) {
  convert::Progress progress;
  std::optional<Error> error;
  int signal = 0;
  {
    const auto signals = sys::Signals::block();
    if (!signals.ok()) {
      return report(signals.error());
    }
    convert::Meter meter(progress, convert::input_bytes(input), !options.no_progress && !quiet);
    convert::Foreground foreground{.work =
                                       [&](int cancel_fd) {
                                         Result<void> done = work(cancel_fd, progress);
                                         if (!done.ok()) {
                                           error.emplace(std::move(done).error());
                                         }
                                       },
                                   .tick = [&] { meter.tick(); },
                                   .stop = [&] { progress.stop = true; },
                                   .pause = [&] { meter.hide(); }};
    auto ended = foreground.run(signals.value());
    if (!ended.ok()) {
      return report(ended.error());
    }
    signal = ended.value();
  }
  if (signal != 0 && error && error->code() == ErrorCode::kCancelled) {
    process::end_like(signal);
  }
  return error ? report(*error) : 0;
}

void say_converted(const spec::JobSpec& job, const convert::Counts& counts, double seconds) {
  std::string text = fmt::format("{} rows read, {} rows written{} in {:.1f} s",
                                 counts.read.read,
                                 counts.written,
                                 job.output.file_path == "-" ? "" : " to " + job.output.file_path,
                                 seconds);
  if (counts.read.filtered > 0) {
    text += fmt::format("; {} did not fulfil the condition", counts.read.filtered);
  }
  if (counts.read.skipped > 0) {
    text += fmt::format("; {} did not parse and were left out", counts.read.skipped);
  }
  if (counts.read.invalid_values > 0) {
    text += fmt::format("; {} values did not parse and are null", counts.read.invalid_values);
  }
  const bool has_bad = counts.read.skipped + counts.read.invalid_values > 0;
  log::message(has_bad ? log::Level::kWarn : log::Level::kInfo, text);
}

bool rows_on_terminal(const std::string& path) {
  return path == "-" && ::isatty(STDOUT_FILENO) == 1;
}

/// IN if it is a SavedModel or an archive and nothing says that it is a table; else empty.
std::string model_of(const Options& options) {
  std::string path;
  for (const spec::Setting& setting : options.overrides) {
    if (setting.key == "/input/format") {
      return {};
    }
    if (setting.key == "/input/filePath") {
      const auto value = spec::read_json(setting.value);
      path = value.ok() ? value.value().text : setting.value;
    }
  }
  return convert::is_model(path) ? path : std::string();
}

}  // namespace

int convert(const Options& options) {
  auto parsed = parse(options);
  if (!parsed.ok()) {
    return report(parsed.error());
  }
  spec::JobSpec job = std::move(parsed).value();
  if (const auto completed = complete_schema(job); !completed.ok()) {
    return report(completed.error());
  }
  const auto began = std::chrono::steady_clock::now();
  return run_pass(
      options,
      job.input,
      rows_on_terminal(job.output.file_path),
      [&](int cancel_fd, convert::Progress& progress) -> Result<void> {
        ALINKTF_ASSIGN_OR_RETURN(const auto counts, convert::convert(job, cancel_fd, progress));
        const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
        say_converted(job, counts, took.count());
        return {};
      });
}

int show(const Options& options) {
  if (const std::string model = model_of(options); !model.empty()) {
    const auto parent = read_surroundings(options).work_dir_parent;
    const auto shown = convert::show_model(model, parent, options.json);
    return shown.ok() ? 0 : report(shown.error());
  }
  auto parsed = parse(options);
  if (!parsed.ok()) {
    return report(parsed.error());
  }
  const convert::ShowOptions show{
      .rows = options.show_rows, .verify = options.verify, .json = options.json};
  spec::JobSpec& job = parsed.value();
  return run_pass(options, job.input, false, [&](int cancel_fd, convert::Progress& progress) {
    return convert::show(job, show, cancel_fd, progress);
  });
}

}  // namespace alinktf::cmd
