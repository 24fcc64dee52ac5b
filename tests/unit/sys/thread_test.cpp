#include "sys/thread.hpp"

#include "unit/result.hpp"

#include <catch2/catch.hpp>

#include <atomic>
#include <chrono>
#include <thread>

namespace alinktf::sys {
namespace {

TEST_CASE("Work beside a loop ends the loop, and tells what became of it", "[sys][thread]") {
  const auto loop = take(EventLoop::create());
  const auto loop_thread = std::this_thread::get_id();
  auto work_thread = loop_thread;
  take(run_beside(*loop, [&]() -> Result<void> {
    work_thread = std::this_thread::get_id();
    return {};
  }));
  CHECK(work_thread != loop_thread);
  CHECK(failure(
            run_beside(*loop, []() -> Result<void> { return Error(ErrorCode::kInput, "no rows"); }),
            ErrorCode::kInput) == "no rows");
}

TEST_CASE("The loop turns while the work beside it waits", "[sys][thread]") {
  const auto loop = take(EventLoop::create());
  std::atomic<bool> served = false;
  loop->call_after(std::chrono::milliseconds(0), [&] {
    served = true;
    served.notify_one();
  });
  take(run_beside(*loop, [&]() -> Result<void> {
    served.wait(false);
    return {};
  }));
  CHECK(served);
}

}  // namespace
}  // namespace alinktf::sys
