// The channels of an engine, shared by the threads of many requests.
#pragma once

#include "base/result.hpp"
#include "predict/engine_process.hpp"

#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <vector>

namespace alinktf::serve {

/// Gives each question the next channel that is free.
class ChannelPool {
 public:
  explicit ChannelPool(std::vector<predict::EngineChannel*> channels)
      : free_(std::move(channels)) {}

  /// Run call `call` on the tensors in `message`; the outputs go to `answer`. Waits for a channel.
  /// kInput with TensorFlow's words if it does not take them; kWorker if the engine has gone.
  Result<void> ask(std::uint32_t call, Buffer& message, Buffer& answer);

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<predict::EngineChannel*> free_;
};

}  // namespace alinktf::serve
