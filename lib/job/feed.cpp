#include "job/feed.hpp"

#include "formats/chunk/chunk.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace alinktf::job {

namespace {

/// What a chunk takes in memory; even a small one takes something.
std::size_t cost(const Buffer& chunk) {
  constexpr std::size_t kLeast = 512;
  return std::max(chunk.size(), kLeast);
}

}  // namespace

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
  bool in_memory = true;
  {
    std::unique_lock lock(mutex_);
    room_.wait(lock, [&] { return closed_ || failure_ || has_room(worker); });
    if (closed_ || failure_) {
      return false;
    }
    Queue& queue = queues_[worker];
    queue.hungry = false;
    in_memory = fits_memory(queue, chunk.size());
    if (in_memory) {
      queue.bytes += cost(chunk);
      bytes_ += cost(chunk);
      queue.items.push_back({.chunk = std::move(chunk), .records = records});
    }
  }
  const bool taken = in_memory || spill(worker, chunk);
  wake_();
  return taken;
}

/// True if a chunk may be added now, or must be, since another worker starves meanwhile.
bool Feed::has_room(std::size_t worker) const {
  const Queue& queue = queues_[worker];
  return (queue.items.size() < kDepth && queue.spilled == 0) ||
         (spill_ && std::any_of(queues_.begin(), queues_.end(), [&](const Queue& other) {
            return &other != &queue && other.hungry;
          }));
}

bool Feed::fits_memory(const Queue& queue, std::size_t bytes) const {
  return queue.spilled == 0 &&
         (queue.items.size() < kDepth ||
          (queue.bytes + bytes <= kBehindBytes && bytes_ + bytes <= kAllBehindBytes));
}

/// Put a chunk behind those in the worker's file. Of the source's thread, which alone appends.
bool Feed::spill(std::size_t worker, const Buffer& chunk) {
  Queue& queue = queues_[worker];
  if (!queue.file) {
    auto file = sys::SpillFile::create(spill_->folder);
    if (!file.ok()) {
      fail(worker, std::move(file).error());
      return false;
    }
    queue.file = std::move(file).value();
  }
  auto appended = queue.file->append(chunk.view());
  if (!appended.ok()) {
    fail(worker, std::move(appended).error());
    return false;
  }
  const std::lock_guard lock(mutex_);
  queue.spilled += chunk.size();
  if (queue.spilled > spill_->limit && !failure_) {
    failure_ = FeedFailure{
        worker,
        Error(ErrorCode::kWorker,
              fmt::format("it has not taken {} bytes of rows while another worker waits for some, "
                          "more than spillLimit allows ({})",
                          queue.spilled,
                          spill_->limit))};
    return false;
  }
  return true;
}

/// The first chunk of the file. Of the pump's thread, which alone takes.
Result<FeedItem> Feed::unspill(Queue& queue) {
  FeedItem item;
  ALINKTF_TRY(queue.file->take(item.chunk.reserve(chunk::kHeaderBytes), chunk::kHeaderBytes));
  item.chunk.commit(chunk::kHeaderBytes);
  const auto header = chunk::load_header(item.chunk.data());
  ALINKTF_TRY(queue.file->take(item.chunk.reserve(header.payload_bytes), header.payload_bytes));
  item.chunk.commit(header.payload_bytes);
  item.records = header.records;
  return item;
}

void Feed::fail(std::size_t worker, Error error) {
  const std::lock_guard lock(mutex_);
  if (!failure_) {
    failure_ = FeedFailure{worker, std::move(error)};
  }
}

std::optional<FeedFailure> Feed::failure() {
  const std::lock_guard lock(mutex_);
  return failure_;
}

void Feed::set_hungry(std::size_t worker, bool hungry) {
  {
    const std::lock_guard lock(mutex_);
    queues_[worker].hungry = hungry && queues_[worker].empty();
  }
  if (hungry && spill_) {
    room_.notify_one();
  }
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

void Feed::set_columns(table::Schema schema) {
  {
    const std::lock_guard lock(mutex_);
    columns_ = std::move(schema);
  }
  wake_();
}

std::optional<table::Schema> Feed::columns() {
  const std::lock_guard lock(mutex_);
  return columns_;
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
  Queue& queue = queues_[worker];
  {
    const std::lock_guard lock(mutex_);
    if (queue.empty() || failure_) {
      return item;
    }
    if (!queue.items.empty()) {
      item = std::move(queue.items.front());
      queue.items.pop_front();
      queue.bytes -= cost(item->chunk);
      bytes_ -= cost(item->chunk);
    }
  }
  if (!item) {
    auto taken = unspill(queue);
    if (!taken.ok()) {
      fail(worker, std::move(taken).error());
      return item;
    }
    item = std::move(taken).value();
    const std::lock_guard lock(mutex_);
    queue.spilled -= item->chunk.size();
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
