#include "job/sink_stage.hpp"

#include "sys/thread.hpp"

#include <utility>

namespace alinktf::job {

SinkStage::SinkStage(const table::Schema& schema,
                     std::unique_ptr<sink::Output> output,
                     std::function<void()> wake)
    : output_(std::move(output)), collector_(schema, *output_), wake_(std::move(wake)) {}

void SinkStage::start() {
  auto thread = sys::start_thread([this] { run(); });
  if (thread.ok()) {
    thread_ = std::move(thread).value();
    return;
  }
  {
    const std::lock_guard lock(mutex_);
    error_ = std::move(thread).error();
  }
  wake_();
}

void SinkStage::add(const std::string& task,
                    std::uint64_t first_row,
                    const chunk::Header& header,
                    std::string_view payload) {
  Batch batch{.task = task, .first_row = first_row, .header = header, .payload = {}};
  batch.payload.append(payload);
  {
    const std::lock_guard lock(mutex_);
    if (error_) {
      return;
    }
    queued_bytes_ += payload.size();
    queue_.push_back(std::move(batch));
  }
  changed_.notify_one();
}

bool SinkStage::full() {
  const std::lock_guard lock(mutex_);
  return queued_bytes_ >= kQueueBytes;
}

std::optional<Error> SinkStage::error() {
  const std::lock_guard lock(mutex_);
  return error_;
}

void SinkStage::run() {
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait(lock, [this] { return ended_ || !queue_.empty(); });
    if (queue_.empty()) {
      return flush(lock);
    }
    const Batch batch = std::move(queue_.front());
    queue_.pop_front();
    lock.unlock();
    auto added = collector_.add(batch.task, batch.first_row, batch.header, batch.payload.view());
    lock.lock();
    const bool was_full = queued_bytes_ >= kQueueBytes;
    queued_bytes_ -= batch.payload.size();
    if (!added.ok()) {
      error_ = std::move(added).error();
      queue_.clear();
      queued_bytes_ = 0;
    }
    if (queue_.empty() && !error_) {
      flush(lock);
    }
    if (error_ || (was_full && queued_bytes_ < kQueueBytes)) {
      lock.unlock();
      wake_();
      lock.lock();
    }
  }
}

/// Nothing is at hand: a growing output shows what there is.
void SinkStage::flush(std::unique_lock<std::mutex>& lock) {
  lock.unlock();
  auto flushed = output_->flush();
  lock.lock();
  if (!flushed.ok() && !error_) {
    error_ = std::move(flushed).error();
  }
}

void SinkStage::stop() {
  if (!thread_.joinable()) {
    return;
  }
  {
    const std::lock_guard lock(mutex_);
    ended_ = true;
  }
  changed_.notify_one();
  thread_.join();
}

Result<std::uint64_t> SinkStage::drain() {
  stop();
  if (error_) {
    return *error_;
  }
  return collector_.rows();
}

}  // namespace alinktf::job
