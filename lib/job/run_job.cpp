#include "job/run_job.hpp"

#include "base/text.hpp"
#include "job/disk.hpp"
#include "job/early_stop.hpp"
#include "job/run_predict.hpp"
#include "job/source_stage.hpp"
#include "job/supervisor.hpp"
#include "log/log.hpp"
#include "process/guardian.hpp"
#include "source/open.hpp"
#include "spec/component.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

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
    auto done = go();
    outcome_.error = done.ok() ? std::nullopt : std::optional(std::move(done).error());
    return std::move(outcome_);
  }

 private:
  Result<void> go() {
    ALINKTF_TRY(source::precheck(plan_.job));
    ALINKTF_ASSIGN_OR_RETURN(
        auto output,
        sink::open_output(plan_.job.output,
                          plan_.job.output_schema,
                          options_.display,
                          plan_.is_stream() ? sink::Life::kGrowing : sink::Life::kWhole));
    ALINKTF_ASSIGN_OR_RETURN(
        auto work_dir,
        worker::WorkDir::create(
            surroundings_.work_dir_parent, plan_.job.name, surroundings_.cache_dir));
    ALINKTF_TRY(check_disk(plan_, surroundings_.work_dir_parent));
    if (options_.keep_work_dir) {
      work_dir.keep();
      log::message(log::Level::kInfo, fmt::format("work dir {} is kept", work_dir.path()));
    }
    const sys::Interruption stop = early_stop(signals_, outcome_.stop_signal);
    ALINKTF_ASSIGN_OR_RETURN(
        const auto files,
        worker::UserFiles::prepare(
            plan_.job.user_files,
            plan_.job.main_script_file,
            work_dir.files_folder(),
            {.download = {.timeout = plan_.job.download_timeout}, .archive = {}},
            stop));
    ALINKTF_ASSIGN_OR_RETURN(const auto loop, sys::EventLoop::create());
    const auto wake = [&loop = *loop] { loop.wake(); };
    // In this order, so that the threads end before what they use, and tasks before both.
    const SpillSettings spill{.folder = work_dir.path(), .limit = plan_.job.spill_limit};
    Feed feed(plan_.readers(), wake, plan_.is_stream() ? std::optional(spill) : std::nullopt);
    SinkStage sink(plan_.job.output_schema, std::move(output), wake);
    ALINKTF_ASSIGN_OR_RETURN(auto source, SourceStage::create());
    Supervisor supervisor(plan_, options_, *loop, signals_);
    ALINKTF_TRY(supervisor.start_tasks(surroundings_, work_dir, files, stop));
    source.start(plan_.job, broadcast_files(work_dir), feed);
    sink.start();
    const bool endless = plan_.is_stream() && source::is_endless(plan_.job.input);
    auto served = supervisor.supervise(
        feed, sink, endless ? [&source] { source.end_input(); } : std::function<void()>());
    source.stop();
    outcome_.tasks = supervisor.reports();
    ALINKTF_TRY(std::move(served));
    return finish(supervisor, feed, sink);
  }

  [[nodiscard]] std::vector<std::string> broadcast_files(const worker::WorkDir& work_dir) const {
    std::vector<std::string> files;
    for (std::size_t number = 1; number <= plan_.job.broadcast_inputs.size(); ++number) {
      files.push_back(work_dir.broadcast_file(number));
    }
    return files;
  }

  Result<void> finish(const Supervisor& supervisor, Feed& feed, SinkStage& sink) {
    auto written = sink.drain();
    const auto totals = feed.result();
    outcome_.stop_signal = supervisor.stop_signal();
    outcome_.counts.collected = written.ok() ? written.value() : 0;
    if (totals && totals->ok()) {
      add(totals->value());
    }
    supervisor.add_counts(outcome_.counts);
    if (plan_.is_stream() && totals && totals->ok()) {
      count_unread(totals->value());
    }
    auto done = judge(supervisor, std::move(written), *totals);
    if (!done.ok() && sink.rows() > 0 && !sink.growing_path().empty()) {
      log::message(log::Level::kWarn,
                   fmt::format("the output is not complete: its first {} rows are in '{}'",
                               sink.rows(),
                               sink.growing_path()));
    }
    return done.ok() ? sink.commit() : std::move(done);
  }

  [[nodiscard]] Result<void> judge(const Supervisor& supervisor,
                                   Result<std::uint64_t> written,
                                   const Result<FeedTotals>& totals) const {
    if (auto error = supervisor.error()) {
      return *std::move(error);
    }
    ALINKTF_TRY(std::move(written));
    ALINKTF_TRY(totals);
    return check_conservation(outcome_.counts);
  }

  /// A script may end a stream before its rows end: those that it has not read are unread, wherever
  /// they are by then.
  void count_unread(const FeedTotals& totals) {
    Counts& counts = outcome_.counts;
    counts.cut_short = totals.cut_short;
    if (totals.cut_short) {
      counts.sent =
          counts.read + counts.repeated - counts.dropped - counts.filtered - counts.skipped;
    }
    counts.unread = counts.sent - std::min(counts.sent, counts.received);
  }

  void add(const FeedTotals& totals) {
    Counts& counts = outcome_.counts;
    counts.read = totals.read.read;
    counts.skipped = totals.read.skipped;
    counts.filtered = totals.read.filtered;
    counts.invalid_values = totals.read.invalid_values;
    counts.repeated = totals.split.repeated;
    counts.dropped = totals.split.dropped;
    counts.sent =
        std::accumulate(totals.split.sent.begin(), totals.split.sent.end(), std::uint64_t{0});
    for (const std::string& column : totals.changing_shapes) {
      log::message(log::Level::kWarn,
                   fmt::format("column {}: its tensors differ in shape; tensor_shapes.txt holds "
                               "that of the first row",
                               quote(column)));
    }
  }

  const Plan& plan_;
  const Surroundings& surroundings_;
  const RunOptions& options_;
  const sys::Signals& signals_;
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
