// The thread that reads the input and fills the feed.
#pragma once

#include "base/result.hpp"
#include "job/feed.hpp"
#include "spec/job_spec.hpp"
#include "sys/fd.hpp"

#include <string>
#include <thread>
#include <vector>

namespace alinktf::job {

/// Writes the broadcast files, then reads, selects, encodes and splits the input, all in a thread
/// of its own, into `feed`. Stopping it (destructor) closes the feed and ends a read that waits for
/// a pipe.
class SourceStage {
 public:
  static Result<SourceStage> create();

  SourceStage(SourceStage&&) = default;
  SourceStage& operator=(SourceStage&&) = delete;
  SourceStage(const SourceStage&) = delete;
  SourceStage& operator=(const SourceStage&) = delete;
  ~SourceStage() { stop(); }

  /// Start the thread: it first writes broadcast input i to broadcast_files[i], which tasks read
  /// only once their end has come. `job` and `feed` outlive it. After all tasks have been spawned.
  /// That there is no thread to be had is the feed's failure.
  void start(const spec::JobSpec& job, std::vector<std::string> broadcast_files, Feed& feed);
  /// An input that is a pipe or a terminal ends here, with the line that has begun.
  void end_input() { cancel_.write = sys::Fd(); }
  /// End the thread: at once if it has finished or waits, else after the block of rows at hand.
  void stop();

 private:
  explicit SourceStage(sys::Pipe cancel) : cancel_(std::move(cancel)) {}

  sys::Pipe cancel_;  ///< as sys::FileSource::set_cancel_fd() wants it
  Feed* feed_ = nullptr;
  std::thread thread_;
};

}  // namespace alinktf::job
