#include "job/run_job.hpp"

#include "job/disk.hpp"
#include "job/early_stop.hpp"
#include "job/exposure.hpp"
#include "job/restarts.hpp"
#include "job/run_predict.hpp"
#include "log/log.hpp"
#include "process/guardian.hpp"
#include "source/open.hpp"
#include "spec/component.hpp"

#include <fmt/format.h>

namespace alinktf::job {

namespace {

class Run {
 public:
  Run(const Plan& plan,
      const Surroundings& surroundings,
      const RunOptions& options,
      const sys::Signals& signals)
      : plan_(plan), surroundings_(surroundings), options_(options), signals_(signals) {}

  Outcome run() {
    if (auto prepared = go(); !prepared.ok()) {
      outcome_.error = std::move(prepared).error();
    }
    return std::move(outcome_);
  }

 private:
  /// Errors are those before the first attempt.
  Result<void> go() {
    ALINKTF_TRY(source::precheck(plan_.job));
    ALINKTF_TRY(check_restarts(plan_.job));
    ALINKTF_ASSIGN_OR_RETURN(auto output, open_output());
    ALINKTF_ASSIGN_OR_RETURN(
        auto work_dir,
        worker::WorkDir::create(
            surroundings_.work_dir_parent, plan_.job.name, surroundings_.cache_dir));
    ALINKTF_TRY(check_disk(plan_, surroundings_.work_dir_parent));
    if (options_.keep_work_dir) {
      work_dir.keep();
      log::message(log::Level::kInfo, fmt::format("work dir {} is kept", work_dir.path()));
    }
    std::optional<EarlyDeadline> deadline;
    if (plan_.job.timeout) {
      deadline = {.at = began_ + *plan_.job.timeout, .timeout = *plan_.job.timeout};
    }
    const sys::Interruption stop = early_stop(signals_, outcome_.stop_signal, deadline);
    ALINKTF_ASSIGN_OR_RETURN(
        const auto files,
        worker::UserFiles::prepare(plan_.job.user_files,
                                   plan_.job.main_script_file,
                                   work_dir.files_folder(),
                                   {.download = {.timeout = plan_.job.download_timeout},
                                    .archive = {},
                                    .family = spec::family_of(plan_.job.component)},
                                   stop));
    ALINKTF_ASSIGN_OR_RETURN(const auto isolation, isolate(plan_));  // nothing is downloaded now
    const AttemptSetting setting{.plan = plan_,
                                 .surroundings = surroundings_,
                                 .options = options_,
                                 .signals = signals_,
                                 .stop = stop,
                                 .work_dir = work_dir,
                                 .files = files,
                                 .run_began = began_,
                                 .isolation = isolation.get()};
    run_attempts(
        setting, std::move(output), [this] { return open_output(); }, outcome_);
    return {};
  }

  Result<std::unique_ptr<sink::Output>> open_output() const {
    return sink::open_output(plan_.job.output,
                             plan_.job.output_schema,
                             options_.display,
                             plan_.is_stream() ? sink::Life::kGrowing : sink::Life::kWhole);
  }

  const Plan& plan_;
  const Surroundings& surroundings_;
  const RunOptions& options_;
  const sys::Signals& signals_;
  std::chrono::steady_clock::time_point began_ = std::chrono::steady_clock::now();
  Outcome outcome_;
};

}  // namespace

Outcome run_job(const Plan& plan,
                const Surroundings& surroundings,
                const RunOptions& options,
                const sys::Signals& signals) {
  process::set_runner_grace(plan.job.grace_period + kCleanUpTime);
  if (spec::family_of(plan.job.component) == spec::Family::kPredict) {
    return run_predict(plan, surroundings, options, signals);
  }
  return Run(plan, surroundings, options, signals).run();
}

Result<void> check_conservation(const Counts& counts) {
  const auto broken = [&](std::string_view equation) {
    return Error(
        ErrorCode::kInternal,
        fmt::format("rows do not add up: {} (read {}, repeated {}, sent {}, dropped {}, filtered "
                    "{}, skipped {}, "
                    "received {}, unread {}, written {}, collected {}); the output was not written",
                    equation,
                    counts.read,
                    counts.repeated,
                    counts.sent,
                    counts.dropped,
                    counts.filtered,
                    counts.skipped,
                    counts.received,
                    counts.unread,
                    counts.written,
                    counts.collected));
  };
  if (counts.read + counts.repeated !=
      counts.sent + counts.dropped + counts.filtered + counts.skipped) {
    return broken("read + repeated = sent + dropped + filtered + skipped");
  }
  if (counts.sent != counts.received + counts.unread) {
    return broken("sent = received + unread");
  }
  if (counts.written != counts.collected) {
    return broken("written = collected");
  }
  return {};
}

}  // namespace alinktf::job
