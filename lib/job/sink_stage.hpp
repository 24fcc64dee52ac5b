// The thread that turns results into rows of the output.
#pragma once

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "formats/chunk/chunk.hpp"
#include "sink/collector.hpp"
#include "sink/output.hpp"

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

namespace alinktf::job {

/// Decodes chunks of results and writes rows in a thread of its own. The pump hands chunks over
/// without waiting and stops reading results while full() says so. After an error, chunks are
/// dropped.
class SinkStage {
 public:
  /// `wake` is called when there is room again and when an error has happened.
  SinkStage(const table::Schema& schema,
            std::unique_ptr<sink::Output> output,
            std::function<void()> wake);
  SinkStage(const SinkStage&) = delete;
  SinkStage& operator=(const SinkStage&) = delete;
  SinkStage(SinkStage&&) = delete;
  SinkStage& operator=(SinkStage&&) = delete;
  ~SinkStage() { stop(); }

  /// Start the thread, after all tasks have been spawned. That there is none to be had is an
  /// error() like others.
  void start();
  /// Take a copy of a chunk. `first_row` is the task's number (from 1) of its first record.
  void add(const std::string& task,
           std::uint64_t first_row,
           const chunk::Header& header,
           std::string_view payload);
  [[nodiscard]] bool full();
  [[nodiscard]] std::optional<Error> error();

  /// Wait until everything is written; the rows written, or the first error.
  Result<std::uint64_t> drain();
  /// Rows that the output has got. Only after drain().
  [[nodiscard]] std::uint64_t rows() const { return collector_.rows(); }
  /// As Output::growing_path().
  [[nodiscard]] std::string growing_path() const { return output_->growing_path(); }
  /// As Output::discard(). Only after drain().
  void discard() { output_->discard(); }
  /// Give the output its name. Only after drain().
  Result<void> commit() { return output_->finish(); }

 private:
  static constexpr std::size_t kQueueBytes = 4U << 20U;

  struct Batch {
    std::string task;
    std::uint64_t first_row = 0;
    chunk::Header header;
    Buffer payload;
  };

  void run();
  void flush(std::unique_lock<std::mutex>& lock);
  void stop();

  std::unique_ptr<sink::Output> output_;
  sink::Collector collector_;
  std::function<void()> wake_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Batch> queue_;
  std::size_t queued_bytes_ = 0;
  bool ended_ = false;
  std::optional<Error> error_;
  std::thread thread_;
};

}  // namespace alinktf::job
