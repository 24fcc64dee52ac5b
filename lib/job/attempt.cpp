#include "job/attempt.hpp"

#include "base/text.hpp"
#include "job/source_stage.hpp"
#include "job/supervisor.hpp"
#include "log/log.hpp"
#include "source/open.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <numeric>

namespace alinktf::job {

namespace {

class Attempt {
 public:
  Attempt(const AttemptSetting& setting, const AttemptStart& start)
      : setting_(setting), start_(start), plan_(setting.plan) {
    end_.deadline = start.deadline;
  }

  AttemptEnd run(std::unique_ptr<sink::Output> output) {
    auto done = go(std::move(output));
    end_.error = done.ok() ? std::nullopt : std::optional(std::move(done).error());
    return std::move(end_);
  }

 private:
  Result<void> go(std::unique_ptr<sink::Output> output) {
    ALINKTF_ASSIGN_OR_RETURN(const auto loop, sys::EventLoop::create());
    const auto wake = [&loop = *loop] { loop.wake(); };
    // In this order, so that the threads end before what they use, and tasks before both.
    const SpillSettings spill{.folder = setting_.work_dir.path(), .limit = plan_.job.spill_limit};
    Feed feed(plan_.readers(), wake, plan_.is_stream() ? std::optional(spill) : std::nullopt);
    SinkStage sink(plan_.job.output_schema, std::move(output), wake);
    ALINKTF_ASSIGN_OR_RETURN(auto source, SourceStage::create());
    Supervisor supervisor(plan_, setting_.options, *loop, setting_.signals, start_);
    ALINKTF_TRY(supervisor.start_tasks(setting_));
    source.start(plan_.job, broadcast_files(), feed);
    sink.start();
    const bool endless = plan_.is_stream() && source::is_endless(plan_.job.input);
    auto served = supervisor.supervise(
        feed, sink, endless ? [&source] { source.end_input(); } : std::function<void()>());
    source.stop();
    end_.tasks = supervisor.reports();
    end_.deadline = supervisor.deadline();
    ALINKTF_TRY(std::move(served));
    return finish(supervisor, feed, sink);
  }

  /// Where the broadcast files go; those of an attempt before are taken away.
  [[nodiscard]] std::vector<std::string> broadcast_files() const {
    std::vector<std::string> files;
    for (std::size_t number = 1; number <= plan_.job.broadcast_inputs.size(); ++number) {
      files.push_back(setting_.work_dir.broadcast_file(number));
      std::error_code ignored;  // what cannot be removed cannot be written either, and is told then
      std::filesystem::remove(files.back(), ignored);
    }
    return files;
  }

  Result<void> finish(const Supervisor& supervisor, Feed& feed, SinkStage& sink) {
    auto written = sink.drain();
    const auto totals = feed.result();
    end_.stop_signal = supervisor.stop_signal();
    end_.counts.collected = written.ok() ? written.value() : 0;
    if (totals && totals->ok()) {
      add(totals->value());
    }
    supervisor.add_counts(end_.counts);
    if (plan_.is_stream() && totals && totals->ok()) {
      count_unread(totals->value());
    }
    auto done = judge(supervisor, std::move(written), *totals);
    if (done.ok()) {
      return sink.commit();
    }
    end_.repeat = !start_.last && supervisor.failed_by_task();
    if (end_.repeat) {
      sink.discard();
    } else if (sink.rows() > 0 && !sink.growing_path().empty()) {
      log::message(log::Level::kWarn,
                   fmt::format("the output is not complete: its first {} rows are in '{}'",
                               sink.rows(),
                               sink.growing_path()));
    }
    return done;
  }

  [[nodiscard]] Result<void> judge(const Supervisor& supervisor,
                                   Result<std::uint64_t> written,
                                   const Result<FeedTotals>& totals) const {
    if (auto error = supervisor.error()) {
      return *std::move(error);
    }
    ALINKTF_TRY(std::move(written));
    ALINKTF_TRY(totals);
    return check_conservation(end_.counts);
  }

  /// A script may end a stream before its rows end: those that it has not read are unread, wherever
  /// they are by then.
  void count_unread(const FeedTotals& totals) {
    Counts& counts = end_.counts;
    counts.cut_short = totals.cut_short;
    if (totals.cut_short) {
      counts.sent =
          counts.read + counts.repeated - counts.dropped - counts.filtered - counts.skipped;
    }
    counts.unread = counts.sent - std::min(counts.sent, counts.received);
  }

  void add(const FeedTotals& totals) {
    Counts& counts = end_.counts;
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

  const AttemptSetting& setting_;
  const AttemptStart& start_;
  const Plan& plan_;
  AttemptEnd end_;
};

}  // namespace

AttemptEnd run_attempt(const AttemptSetting& setting,
                       const AttemptStart& start,
                       std::unique_ptr<sink::Output> output) {
  return Attempt(setting, start).run(std::move(output));
}

Result<std::string> prepare_task_dir(const AttemptSetting& setting,
                                     int attempt,
                                     cluster::TaskId id) {
  const bool stream = setting.plan.is_stream();
  const std::size_t broadcasts = setting.plan.job.broadcast_inputs.size();
  return attempt == 0 ? setting.work_dir.add_task(id,
                                                  setting.files,
                                                  stream ? std::nullopt : std::optional(broadcasts),
                                                  setting.stop)
                      : setting.work_dir.renew_task(id, !stream);
}

}  // namespace alinktf::job
