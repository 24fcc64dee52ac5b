#include "job/run_predict.hpp"

#include "base/text.hpp"
#include "job/early_stop.hpp"
#include "job/engine_watch.hpp"
#include "job/exposure.hpp"
#include "job/progress.hpp"
#include "job/scoring.hpp"
#include "log/log.hpp"
#include "predict/engines.hpp"
#include "predict/model_files.hpp"
#include "process/guardian.hpp"
#include "source/open.hpp"
#include "spec/component.hpp"
#include "sys/temp_dir.hpp"
#include "sys/thread.hpp"

#include <fmt/format.h>

#include <atomic>
#include <cstring>

#include <sys/epoll.h>
#include <unistd.h>

namespace alinktf::job {

namespace {

class PredictRun {
 public:
  PredictRun(const Plan& plan,
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
    ALINKTF_ASSIGN_OR_RETURN(const auto library, predict_library(plan_));
    ALINKTF_ASSIGN_OR_RETURN(const auto scratch,
                             sys::TempDir::create(surroundings_.work_dir_parent,
                                                  "alinktf-" + plan_.job.name + "-",
                                                  process::remove_when_ended));
    ALINKTF_ASSIGN_OR_RETURN(const auto isolation, isolate(plan_));
    ALINKTF_ASSIGN_OR_RETURN(auto engines,
                             predict::Engines::start(plan_.job.num_workers, engine_options()));
    ALINKTF_ASSIGN_OR_RETURN(const auto loop, sys::EventLoop::create());
    ALINKTF_ASSIGN_OR_RETURN(cancel_, sys::Pipe::create());
    Scoring scoring(plan_, cancel_.read.get());
    auto scored = supervise(*loop, engines, scoring, [&]() -> Result<void> {
      ALINKTF_ASSIGN_OR_RETURN(const auto model, open_model(scratch.path()));
      return scoring.run(engines, model, library, [this](const table::Schema& schema) {
        return sink::open_output(plan_.job.output,
                                 schema,
                                 options_.display,
                                 is_stream() ? sink::Life::kGrowing : sink::Life::kWhole);
      });
    });
    count(scoring);
    if (!scored.ok()) {
      tell_partial(scoring);
      Error error =
          stop_error_ ? *std::move(stop_error_) : engines.explain(cause(std::move(scored).error()));
      engines.kill();
      report(engines);
      return error;
    }
    engines.finish();
    report(engines);
    ALINKTF_TRY(check_conservation(outcome_.counts));
    return scoring.finish();
  }

  /// Why scoring ended with `error`, if not by a signal or a time-out.
  [[nodiscard]] Error cause(Error error) const {
    const bool idle = engine_gone_ && error.code() == ErrorCode::kCancelled;
    return idle ? Error(ErrorCode::kWorker, std::string(predict::EngineChannel::kGone))
                : std::move(error);
  }

  [[nodiscard]] bool is_stream() const { return spec::is_stream(plan_.job.component); }

  Result<predict::Model> open_model(const std::string& scratch) const {
    ALINKTF_ASSIGN_OR_RETURN(
        auto files,
        predict::open_model(
            plan_.job.predict.model, scratch, cancel_.read.get(), [this]() -> Result<void> {
              return stopping_ ? Result<void>(Error(ErrorCode::kCancelled, "stopped"))
                               : Result<void>();
            }));
    if (files.stages.size() > 1) {
      return Error(ErrorCode::kSpec,
                   fmt::format("the model {} is a pipeline of {} stages, expected one model; "
                               "alinktf serve runs pipelines",
                               quote(plan_.job.predict.model),
                               files.stages.size()));
    }
    if (!files.stages.empty()) {
      files.model.folder = files.stages.front().directory;
      ALINKTF_ASSIGN_OR_RETURN(files.model.graphs,
                               tensorflow::read_saved_model(files.model.folder));
    }
    return std::move(files.model);
  }

  static void tell_partial(const Scoring& scoring) {
    if (scoring.rows_out() > 0 && !scoring.growing_path().empty()) {
      log::message(log::Level::kWarn,
                   fmt::format("the output is not complete: its first {} rows are in '{}'",
                               scoring.rows_out(),
                               scoring.growing_path()));
    }
  }

  [[nodiscard]] predict::EngineOptions engine_options() const {
    predict::EngineOptions options{
        .program = predict::this_program(),
        .environment = make_environment(plan_, surroundings_.environment, ""),
        .channels = plan_.job.predict.threads,
        .on_line = {}};
    if (options_.print_process_info) {
      options.on_line = [](const std::string& line) { log::raw_line("engine", line); };
    }
    return options;
  }

  /// Run `work` in a thread until it has ended, or was stopped by a signal or a time-out.
  Result<void> supervise(sys::EventLoop& loop,
                         predict::Engines& engines,
                         Scoring& scoring,
                         const std::function<Result<void>()>& work) {
    const auto stop = [&](Error why) {
      if (stop_error_) {
        return;
      }
      stop_error_.emplace(std::move(why));
      cancel(scoring);
      engines.shut_down();
      loop.call_after(plan_.job.grace_period + kCleanUpTime, [this] {
        process::end_like(outcome_.stop_signal == 0 ? SIGKILL : outcome_.stop_signal);
      });
    };
    ALINKTF_TRY(engines.watch(loop, [&] {
      engine_gone_ = true;
      cancel(scoring);
    }));
    ALINKTF_TRY(loop.watch(signals_.fd(), EPOLLIN, [&](std::uint32_t /*events*/) {
      while (const auto signo = signals_.next()) {
        take_signal(*signo, stop);
      }
    }));
    if (plan_.job.timeout) {
      loop.call_after(*plan_.job.timeout, [&] {
        stop({ErrorCode::kTimeout,
              timed_out(*plan_.job.timeout).str() + "; " + describe_unanswered(engines)});
      });
    }
    const EngineWatch watch(loop, plan_.job.stall_timeout, engines, stop);
    std::optional<Progress> progress;
    if (options_.progress) {
      progress.emplace(loop, [&] {
        return ProgressFacts{.rows_in = scoring.rows_in(), .rows_out = scoring.rows_out()};
      });
    }
    auto scored = sys::run_beside(loop, work);
    loop.forget(signals_.fd());
    return scored;
  }

  /// End the reading of rows; those that were read are scored.
  void cancel(Scoring& scoring) {
    stopping_ = true;
    scoring.stop();
    if (cancel_.write) {
      static_cast<void>(!::write(cancel_.write.get(), "x", 1));
    }
  }

  template <typename Stop>
  void take_signal(int signo, const Stop& stop) {
    if (signo == SIGTSTP) {
      log::status("");
      ::raise(SIGSTOP);
    }
    if (signo != SIGINT && signo != SIGTERM && signo != SIGHUP) {
      return;
    }
    if (outcome_.stop_signal != 0) {
      process::end_like(outcome_.stop_signal);
    }
    if (signo == SIGINT && cancel_.write && is_stream() && source::is_endless(plan_.job.input)) {
      cancel_.write = sys::Fd();  // the input ends here; another INT is an INT
      return;
    }
    outcome_.stop_signal = signo;
    stop({ErrorCode::kCancelled, fmt::format("stopped by SIG{}", ::sigabbrev_np(signo))});
  }

  void report(const predict::Engines& engines) {
    using std::chrono::milliseconds;
    const auto since = [this](std::optional<std::chrono::steady_clock::time_point> at) {
      return at ? std::optional(std::chrono::duration_cast<milliseconds>(*at - began_))
                : std::nullopt;
    };
    for (const predict::EngineUse& use : engines.use()) {
      outcome_.engines.push_back({.index = static_cast<int>(outcome_.engines.size()),
                                  .pid = use.pid,
                                  .started = since(use.started),
                                  .ready = since(use.ready),
                                  .ended = since(use.ended),
                                  .rows = use.rows,
                                  .batches = use.batches,
                                  .bytes_in = use.bytes_in,
                                  .bytes_out = use.bytes_out,
                                  .busy = use.busy,
                                  .exit_status = use.exit_status,
                                  .stopped = use.killed});
    }
  }

  void count(const Scoring& scoring) {
    const auto read = scoring.read_counts();
    Counts& counts = outcome_.counts;
    counts.read = read.read;
    counts.skipped = read.skipped;
    counts.filtered = read.filtered;
    counts.sent = scoring.rows_in() - scoring.rows_unfit();
    counts.received = counts.sent;
    counts.written = scoring.rows_out();
    counts.collected = scoring.rows_out();
  }

  const Plan& plan_;
  const Surroundings& surroundings_;
  const RunOptions& options_;
  const sys::Signals& signals_;
  std::chrono::steady_clock::time_point began_ = std::chrono::steady_clock::now();
  Outcome outcome_;
  std::optional<Error> stop_error_;
  bool engine_gone_ = false;
  std::atomic<bool> stopping_ = false;
  sys::Pipe cancel_;  ///< as sys::FileSource::set_cancel_fd() wants it
};

}  // namespace

Outcome run_predict(const Plan& plan,
                    const Surroundings& surroundings,
                    const RunOptions& options,
                    const sys::Signals& signals) {
  return PredictRun(plan, surroundings, options, signals).run();
}

}  // namespace alinktf::job
