#include "job/feed.hpp"

namespace alinktf::job {

std::optional<FeedRequest> Feed::wait_for_request() {
  std::unique_lock lock(mutex_);
  requested_.wait(lock, [this] { return closed_ || request_; });
  return request_;
}

void Feed::open(const FeedRequest& request) {
  {
    const std::lock_guard lock(mutex_);
    if (!request_) {
      request_ = request;
    }
  }
  requested_.notify_one();
}

std::optional<FeedRequest> Feed::request() {
  const std::lock_guard lock(mutex_);
  return request_;
}

bool Feed::take(std::size_t worker, Buffer chunk, std::uint32_t records) {
  {
    std::unique_lock lock(mutex_);
    room_.wait(lock, [&] { return closed_ || queues_[worker].size() < kDepth; });
    if (closed_) {
      return false;
    }
    queues_[worker].push_back({.chunk = std::move(chunk), .records = records});
  }
  wake_();
  return true;
}

Buffer Feed::spare() {
  const std::lock_guard lock(mutex_);
  if (spares_.empty()) {
    return {};
  }
  Buffer buffer = std::move(spares_.back());
  spares_.pop_back();
  return buffer;
}

void Feed::release_others() {
  {
    const std::lock_guard lock(mutex_);
    others_released_ = true;
  }
  wake_();
}

bool Feed::others_released() {
  const std::lock_guard lock(mutex_);
  return others_released_;
}

void Feed::finish(Result<FeedTotals> result) {
  {
    const std::lock_guard lock(mutex_);
    result_ = std::move(result);
  }
  wake_();
}

std::optional<FeedItem> Feed::pop(std::size_t worker) {
  std::optional<FeedItem> item;
  {
    const std::lock_guard lock(mutex_);
    auto& queue = queues_[worker];
    if (queue.empty()) {
      return item;
    }
    item = std::move(queue.front());
    queue.pop_front();
  }
  room_.notify_one();
  return item;
}

bool Feed::waiting(std::size_t worker) {
  const std::lock_guard lock(mutex_);
  return !queues_[worker].empty();
}

void Feed::give_back(Buffer spare) {
  const std::lock_guard lock(mutex_);
  // A chunk that held a giant record is not kept: memory follows the ordinary rows.
  if (spare.capacity() > 0 && spare.capacity() <= 4 * source::Splitter::kChunkBytes &&
      spares_.size() < 2 * queues_.size()) {
    spares_.push_back(std::move(spare));
  }
}

void Feed::close() {
  {
    const std::lock_guard lock(mutex_);
    closed_ = true;
  }
  room_.notify_all();
  requested_.notify_all();
}

std::optional<Result<FeedTotals>> Feed::result() {
  const std::lock_guard lock(mutex_);
  return result_;
}

}  // namespace alinktf::job
