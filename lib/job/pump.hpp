// Moves chunks: from the feed to the tasks, from the tasks to the sink.
#pragma once

#include "base/result.hpp"
#include "job/feed.hpp"
#include "job/sink_stage.hpp"
#include "job/task_state.hpp"

#include <optional>
#include <vector>

namespace alinktf::job {

/// What tells the feed of a stream from that of a batch.
struct PumpOptions {
  bool stream = false;
  bool hold_chief = false;  ///< the chief's end waits until the other workers are done
};

/// The part of the supervisor that touches records, without waiting ever. Tasks are named by their
/// number; the first ones are the feed's workers. Main thread only.
class Pump {
 public:
  /// The first `readers` tasks get rows.
  Pump(std::vector<TaskState>& tasks,
       std::size_t readers,
       const PumpOptions& options,
       Feed& feed,
       SinkStage& sink)
      : tasks_(tasks), readers_(readers), options_(options), feed_(feed), sink_(sink) {}

  /// Task `number` asks for its rows. kWorker if another one has asked for them in another form.
  Result<void> open(std::size_t number, const FeedRequest& request);

  /// Give a task that is ready what there is for it. An error is the source's, but for that of a
  /// stream's input.
  Result<void> feed(std::size_t number);
  /// The feed or the sink has changed: feed all, read results again. An error is the source's, as
  /// of feed(), or the sink's.
  Result<void> on_wake();
  /// Why a stream's input has failed, once it has. Its scripts are running and may have read a part
  /// of it, so they are to know.
  [[nodiscard]] std::optional<Error> input_error() const;
  /// From now on tell the tasks so, each behind the rows that were there before.
  void tell_input_error() { input_error_told_ = true; }
  /// Take a chunk of results of task `number`. kWorker if it is none.
  Result<void> take_results(std::size_t number,
                            const chunk::Header& header,
                            std::string_view payload);
  /// No task gets anything any more.
  void close() { feed_.close(); }
  /// True if a task waits for rows and the source has none ready.
  [[nodiscard]] bool waits_for_source();

 private:
  Result<void> feed_other(TaskState& state);
  void tell_columns();
  [[nodiscard]] bool holds_end_of(std::size_t number) const;
  void end_feed_of(std::size_t number, const Result<FeedTotals>& result);
  static void feed_end(TaskState& state, std::uint64_t total, std::string_view text);
  void pause_results(bool pause);

  std::vector<TaskState>& tasks_;
  std::size_t readers_;
  PumpOptions options_;
  Feed& feed_;
  SinkStage& sink_;
  bool input_error_told_ = false;
  bool results_paused_ = false;
  bool others_wrote_ = false;
};

}  // namespace alinktf::job
