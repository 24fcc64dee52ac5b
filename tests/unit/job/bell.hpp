// Counts rings from any thread; a test waits for them instead of sleeping.
#pragma once

#include <catch2/catch.hpp>

#include <chrono>
#include <condition_variable>
#include <mutex>

namespace alinktf::job {

class Bell {
 public:
  void ring() {
    {
      const std::lock_guard lock(mutex_);
      ++rings_;
    }
    rung_.notify_all();
  }

  /// Wait until there have been `rings` rings in all.
  void wait_for(int rings) {
    wait_until([this, rings] { return rings_ >= rings; });
  }

  /// Wait until `condition` holds; it is asked now and after each ring.
  template <typename Condition>
  void wait_until(Condition condition) {
    constexpr std::chrono::seconds kDeadline{20};  // generous: sanitizers on a busy machine
    std::unique_lock lock(mutex_);
    REQUIRE(rung_.wait_for(lock, kDeadline, condition));
  }

 private:
  std::mutex mutex_;
  std::condition_variable rung_;
  int rings_ = 0;
};

}  // namespace alinktf::job
