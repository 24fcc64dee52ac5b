#include "sys/thread.hpp"

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

}  // namespace alinktf::sys
