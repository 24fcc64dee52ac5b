#include "sys/thread.hpp"

#include <atomic>
#include <system_error>
#include <utility>

namespace alinktf::sys {

Result<std::thread> start_thread(std::function<void()> work) {
  try {
    return std::thread(std::move(work));
  } catch (const std::system_error& refused) {
    return os_error(ErrorCode::kInternal,
                    "start a thread (see ulimit -u and the pids limit of the cgroup)",
                    refused.code().value());
  }
}

Result<void> run_beside(EventLoop& loop, const std::function<Result<void>()>& work) {
  std::atomic<bool> done = false;
  Result<void> result;
  ALINKTF_ASSIGN_OR_RETURN(auto thread, start_thread([&] {
                             result = work();
                             done = true;
                             loop.wake();
                           }));
  auto ran = loop.run([&] { return done.load(); });
  thread.join();
  ALINKTF_TRY(std::move(ran));
  return result;
}

}  // namespace alinktf::sys
