// The thread that reads the input and fills the feed.
#pragma once

#include "base/result.hpp"
#include "job/feed.hpp"
#include "spec/job_spec.hpp"
#include "sys/fd.hpp"

#include <thread>

namespace alinktf::job {

/// Reads, selects, encodes and splits the input in a thread of its own, into `feed`. Stopping it
/// (destructor) closes the feed and ends a read that waits for a pipe.
class SourceStage {
 public:
  static Result<SourceStage> create();

  SourceStage(SourceStage&&) = default;
  SourceStage& operator=(SourceStage&&) = delete;
  SourceStage(const SourceStage&) = delete;
  SourceStage& operator=(const SourceStage&) = delete;
  ~SourceStage() { stop(); }

  /// Start the thread. `job` and `feed` outlive it. After all tasks have been spawned.
  void start(const spec::JobSpec& job, Feed& feed);
  /// End the thread: at once if it has finished or waits, else after the block of rows at hand.
  void stop();

 private:
  explicit SourceStage(sys::Fd cancel) : cancel_(std::move(cancel)) {}

  sys::Fd cancel_;
  Feed* feed_ = nullptr;
  std::thread thread_;
};

}  // namespace alinktf::job
