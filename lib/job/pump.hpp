// Moves chunks: from the feed to the tasks, from the tasks to the sink.
#pragma once

#include "base/result.hpp"
#include "job/feed.hpp"
#include "job/sink_stage.hpp"
#include "job/task_state.hpp"

#include <vector>

namespace alinktf::job {

/// The part of the supervisor that touches records, without waiting ever. Tasks are named by their
/// number; the first ones are the feed's workers. Main thread only.
class Pump {
 public:
  Pump(std::vector<TaskState>& tasks, std::size_t workers, Feed& feed, SinkStage& sink)
      : tasks_(tasks), workers_(workers), feed_(feed), sink_(sink) {}

  /// Give a task that is ready what there is for it. An error is the source's.
  Result<void> feed(std::size_t number);
  /// The feed or the sink has changed: feed all, read results again. An error is the source's or
  /// the sink's.
  Result<void> on_wake();
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
  static void feed_end(TaskState& state, std::uint64_t total, std::string_view text);
  void pause_results(bool pause);

  std::vector<TaskState>& tasks_;
  std::size_t workers_;
  Feed& feed_;
  SinkStage& sink_;
  bool results_paused_ = false;
  bool others_wrote_ = false;
};

}  // namespace alinktf::job
