#include "serve/channel_pool.hpp"

namespace alinktf::serve {

Result<void> ChannelPool::ask(std::uint32_t call, Buffer& message, Buffer& answer) {
  predict::EngineChannel* channel = nullptr;
  {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return !free_.empty(); });
    channel = free_.back();
    free_.pop_back();
  }
  const auto asked = channel->ask(tensorflow::MessageKind::kRun, call, message, answer);
  const bool gone = channel->gone();
  {
    const std::lock_guard lock(mutex_);
    free_.push_back(channel);
  }
  changed_.notify_one();
  if (asked.ok()) {
    return {};
  }
  return gone ? asked.error() : Error(ErrorCode::kInput, asked.error().str());
}

}  // namespace alinktf::serve
