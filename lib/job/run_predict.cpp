#include "job/run_predict.hpp"

#include "base/text.hpp"
#include "job/progress.hpp"
#include "log/log.hpp"
#include "predict/batcher.hpp"
#include "predict/engines.hpp"
#include "predict/pipeline.hpp"
#include "predict/scorer.hpp"
#include "process/guardian.hpp"
#include "source/open.hpp"

#include <fmt/format.h>

#include <atomic>
#include <cstring>
#include <thread>

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

namespace alinktf::job {

namespace {

constexpr std::chrono::seconds kCleanUpTime{2};
/// Rows that are read at once; a batch is gathered of several such blocks.
constexpr std::size_t kBlockRows = 256;

/// Scores the rows of a table, in a thread of its own.
class Scoring {
 public:
  Scoring(const Plan& plan, sink::Output* output, int cancel_fd)
      : plan_(plan), cancel_fd_(cancel_fd), job_(plan.job) {
    job_.selected_cols.clear();  // they are the model's, not the table's
    output_ = output;
  }

  /// Open everything and score all rows.
  Result<void> run(predict::Engines& engines,
                   const predict::Model& model,
                   const tensorflow::LibraryFiles& library,
                   const std::function<Result<sink::Output*>(const table::Schema&)>& open_output) {
    ALINKTF_TRY(engines.open(model, job_.predict, library));
    ALINKTF_ASSIGN_OR_RETURN(const auto* const graph,
                             predict::find_graph(model.graphs, job_.predict.graph_def_tag));
    ALINKTF_ASSIGN_OR_RETURN(const auto* const signature,
                             predict::find_signature(*graph, job_.predict.signature_def_key));
    ALINKTF_ASSIGN_OR_RETURN(table_, source::open(job_, cancel_fd_));
    ALINKTF_ASSIGN_OR_RETURN(binding_, predict::bind(plan_.job, *signature, table_.rows->schema()));
    ALINKTF_ASSIGN_OR_RETURN(output_, open_output(binding_.schema));
    ALINKTF_TRY(engines.wait());
    ALINKTF_ASSIGN_OR_RETURN(const std::uint32_t call, engines.bind(binding_));
    auto scored = score_all(engines, call);
    auto finished = table_.finish();  // whatever came: rejected rows tell why
    ALINKTF_TRY(std::move(scored));
    return finished;
  }

  void stop() { stopped_ = true; }

  [[nodiscard]] source::ReadCounts read_counts() const {
    return table_.counts ? table_.counts() : source::ReadCounts{};
  }
  [[nodiscard]] std::uint64_t rows_in() const { return rows_in_; }
  [[nodiscard]] std::uint64_t rows_out() const { return rows_out_; }

 private:
  Result<void> score_all(predict::Engines& engines, std::uint32_t call) {
    std::vector<std::unique_ptr<predict::Scorer>> scorers;
    std::vector<predict::Pipeline::Score> work;
    for (predict::EngineChannel* const channel : engines.channels()) {
      scorers.push_back(std::make_unique<predict::Scorer>(binding_, *channel, call));
      work.push_back(
          [scorer = scorers.back().get()](predict::Batch& batch) { return scorer->score(batch); });
    }
    row_.resize(binding_.columns.size());
    predict::Pipeline pipeline(std::move(work),
                               [this](predict::Batch& batch) { return write(batch); });
    auto read = read_all(pipeline);
    auto finished = pipeline.finish();
    ALINKTF_TRY(std::move(finished));  // of rows before those that could not be read
    ALINKTF_TRY(std::move(read));
    warn_of_cut_columns(scorers);
    return {};
  }

  Result<void> read_all(predict::Pipeline& pipeline) {
    predict::Batcher batcher(
        binding_,
        static_cast<std::size_t>(job_.predict.batch_size),
        {.take =
             [&](predict::Batch& batch) {
               return pipeline.put(batch)
                          ? Result<void>()
                          : Error(ErrorCode::kCancelled, "the rows are not wanted any more");
             },
         .reject = [](const table::RowBlock& /*block*/,
                      const predict::UnfitRow& row,
                      std::uint64_t number) -> Result<void> {
           return Error(ErrorCode::kInput, fmt::format("row {}: {}", number, row.reason));
         }});
    table::RowBlock block(binding_.table.size(), kBlockRows);
    for (;;) {
      auto read = table_.rows->read(block);
      if (!read.ok() || block.rows() == 0) {
        ALINKTF_TRY(batcher.flush());
        return read;
      }
      auto added = batcher.add(block, rows_in_ + 1);
      if (!added.ok()) {
        ALINKTF_TRY(batcher.flush());
        return added;
      }
      rows_in_ += block.rows();
      if (stopped_) {
        return Error(ErrorCode::kCancelled, "stopped");
      }
      if (table_.rows->would_wait()) {
        ALINKTF_TRY(batcher.flush());
      }
    }
  }

  Result<void> write(const predict::Batch& batch) {
    if (!batch.failed.empty()) {
      const predict::FailedRow& row = batch.failed.front();
      return Error(ErrorCode::kInput,
                   fmt::format("row {}: {}", batch.numbers[row.row], row.reason));
    }
    const std::size_t kept = binding_.kept.size();
    const std::size_t outputs = binding_.outputs.size();
    for (std::size_t row = 0; row < batch.rows; ++row) {
      table::Cell* to = row_.data();
      for (const predict::ResultColumn& column : binding_.columns) {
        *to++ = column.is_output ? batch.outputs[row * outputs + column.index]
                                 : batch.kept[row * kept + column.index];
      }
      ALINKTF_TRY(output_->append(row_));
    }
    rows_out_ += batch.rows;
    return {};
  }

  static void warn_of_cut_columns(const std::vector<std::unique_ptr<predict::Scorer>>& scorers) {
    std::vector<std::string> names;
    for (const auto& scorer : scorers) {
      for (const table::Column* const column : scorer->cut_columns()) {
        if (std::find(names.begin(), names.end(), column->name) == names.end()) {
          names.push_back(column->name);
          log::message(log::Level::kWarn,
                       fmt::format("column {}: the model gives several values for a row, and {} "
                                   "takes the first alone; STRING or a tensor type takes all",
                                   quote(column->name),
                                   table::type_name(column->type)));
        }
      }
    }
  }

  const Plan& plan_;
  int cancel_fd_;
  spec::JobSpec job_;
  source::Table table_;
  predict::Binding binding_;
  sink::Output* output_ = nullptr;
  std::vector<table::Cell> row_;
  std::atomic<bool> stopped_ = false;
  std::atomic<std::uint64_t> rows_in_ = 0;
  std::atomic<std::uint64_t> rows_out_ = 0;
};

class PredictRun {
 public:
  PredictRun(const Plan& plan,
             const Surroundings& surroundings,
             const RunOptions& options,
             const sys::Signals& signals)
      : plan_(plan), surroundings_(surroundings), options_(options), signals_(signals) {}

  Outcome run() {
    process::set_runner_grace(plan_.job.grace_period + kCleanUpTime);
    auto done = go();
    outcome_.error = done.ok() ? std::nullopt : std::optional(std::move(done).error());
    return std::move(outcome_);
  }

 private:
  Result<void> go() {
    spec::JobSpec job = plan_.job;
    job.selected_cols.clear();
    ALINKTF_TRY(source::precheck(job));
    predict::Model model{.folder = plan_.job.predict.model, .graphs = {}};
    ALINKTF_ASSIGN_OR_RETURN(model.graphs, tensorflow::read_saved_model(model.folder));
    ALINKTF_ASSIGN_OR_RETURN(const auto library, find_library(plan_));
    ALINKTF_ASSIGN_OR_RETURN(auto engines,
                             predict::Engines::start(plan_.job.num_workers, engine_options()));
    ALINKTF_ASSIGN_OR_RETURN(const auto loop, sys::EventLoop::create());
    const sys::Fd cancel(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
    if (!cancel) {
      return os_error(ErrorCode::kInternal, "eventfd");
    }
    std::unique_ptr<sink::Output> output;
    Scoring scoring(plan_, nullptr, cancel.get());
    auto scored = supervise(*loop, engines, scoring, cancel.get(), [&] {
      return scoring.run(
          engines, model, library, [&](const table::Schema& schema) -> Result<sink::Output*> {
            ALINKTF_ASSIGN_OR_RETURN(output,
                                     sink::open_output(plan_.job.output, schema, options_.display));
            return output.get();
          });
    });
    count(scoring);
    if (!scored.ok()) {
      return stop_error_ ? *std::move(stop_error_) : engines.explain(std::move(scored).error());
    }
    engines.finish();
    ALINKTF_TRY(check_conservation(outcome_.counts));
    return output->finish();
  }

  [[nodiscard]] predict::EngineOptions engine_options() const {
    predict::EngineOptions options{
        .program = predict::this_program(),
        .environment = make_environment(plan_, surroundings_.environment, ""),
        .channels = plan_.job.predict.threads,
        .on_line = {}};
    if (options_.print_process_info) {
      options.on_line = [](const std::string& line) { log::raw_line("[engine] " + line); };
    }
    return options;
  }

  /// Run `work` in a thread until it has ended, or was stopped by a signal or a time-out.
  Result<void> supervise(sys::EventLoop& loop,
                         predict::Engines& engines,
                         Scoring& scoring,
                         int cancel_fd,
                         const std::function<Result<void>()>& work) {
    std::atomic<bool> done = false;
    Result<void> result;
    std::thread thread([&] {
      result = work();
      done = true;
      loop.wake();
    });
    const auto stop = [&](Error why) {
      stop_error_.emplace(std::move(why));
      scoring.stop();
      const std::uint64_t one = 1;
      static_cast<void>(!::write(cancel_fd, &one, sizeof one));
      engines.shut_down();
      loop.call_after(plan_.job.grace_period + kCleanUpTime, [this] {
        process::end_like(outcome_.stop_signal == 0 ? SIGKILL : outcome_.stop_signal);
      });
    };
    auto watched = loop.watch(signals_.fd(), EPOLLIN, [&](std::uint32_t /*events*/) {
      while (const auto signo = signals_.next()) {
        take_signal(*signo, stop);
      }
    });
    if (plan_.job.timeout) {
      loop.call_after(*plan_.job.timeout, [&] {
        stop({ErrorCode::kTimeout,
              fmt::format("the job took longer than its timeout of {} ms",
                          plan_.job.timeout->count())});
      });
    }
    std::optional<Progress> progress;
    if (options_.progress) {
      progress.emplace(loop, [&] {
        return ProgressFacts{.rows_in = scoring.rows_in(), .rows_out = scoring.rows_out()};
      });
    }
    auto ran = watched.ok() ? loop.run([&] { return done.load(); }) : std::move(watched);
    loop.forget(signals_.fd());
    thread.join();
    ALINKTF_TRY(std::move(ran));
    return result;
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
    outcome_.stop_signal = signo;
    stop({ErrorCode::kCancelled, fmt::format("stopped by SIG{}", ::sigabbrev_np(signo))});
  }

  void count(const Scoring& scoring) {
    const auto read = scoring.read_counts();
    Counts& counts = outcome_.counts;
    counts.read = read.read;
    counts.skipped = read.skipped;
    counts.filtered = read.filtered;
    counts.sent = scoring.rows_in();
    counts.received = counts.sent;
    counts.written = scoring.rows_out();
    counts.collected = scoring.rows_out();
  }

  static Result<tensorflow::LibraryFiles> find_library(const Plan& plan) {
    const std::string& library = plan.job.predict.tensorflow_library;
    return library.empty()
               ? tensorflow::find_library(plan.interpreter.packages, plan.interpreter.found_by)
               : tensorflow::find_library(library, "/tensorflowLibrary");
  }

  const Plan& plan_;
  const Surroundings& surroundings_;
  const RunOptions& options_;
  const sys::Signals& signals_;
  Outcome outcome_;
  std::optional<Error> stop_error_;
};

}  // namespace

Outcome run_predict(const Plan& plan,
                    const Surroundings& surroundings,
                    const RunOptions& options,
                    const sys::Signals& signals) {
  return PredictRun(plan, surroundings, options, signals).run();
}

}  // namespace alinktf::job
