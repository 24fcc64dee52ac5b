#include "job/stall_watch.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cinttypes>
#include <cstdio>
#include <cstring>

#include <unistd.h>

namespace alinktf::job {

namespace {

constexpr std::chrono::milliseconds kLongestStep{std::chrono::seconds(5)};
constexpr std::chrono::milliseconds kWarnAfter{std::chrono::minutes(1)};

}  // namespace

StallWatch::StallWatch(sys::EventLoop& loop, std::chrono::milliseconds limit, Actions actions)
    : loop_(loop),
      limit_(limit),
      step_(std::clamp(limit / 10, std::chrono::milliseconds(1), kLongestStep)),
      actions_(std::move(actions)) {
  loop_.call_after(step_, [this] { look(); });
}

void StallWatch::look() {
  const std::uint64_t activity = actions_.activity();
  const bool asked = actions_.asked();
  const bool idle = (activity == last_activity_ || asked) && !actions_.excused();
  last_activity_ = activity;
  // Steps are counted, not the clock: a job that was stopped with Ctrl-Z has not been idle.
  idle_ = idle ? idle_ + step_ : std::chrono::milliseconds(0);
  warned_ = warned_ && idle;
  if (idle_ >= limit_) {
    actions_.stalled();
    return;
  }
  if (!warned_ && idle_ >= std::min(kWarnAfter, limit_ / 2)) {
    warned_ = true;
    actions_.warn(idle_);
  }
  loop_.call_after(step_, [this] { look(); });
}

std::uint64_t CpuActivity::look(std::uint64_t ticks,
                                bool only_much,
                                sys::EventLoop::Clock::time_point now) {
  static const auto ticks_per_second =
      static_cast<std::uint64_t>(std::max(::sysconf(_SC_CLK_TCK), 1L));
  const auto passed = std::chrono::duration_cast<std::chrono::milliseconds>(now - at_).count();
  const std::uint64_t used = ticks - std::min(ticks, ticks_);
  const std::uint64_t little = ticks_per_second * static_cast<std::uint64_t>(passed) / 20 / 1000;
  if (used > (only_much ? std::max<std::uint64_t>(little, 1) : 0)) {
    counted_ += used;
  }
  ticks_ = ticks;
  at_ = now;
  return counted_;
}

std::uint64_t cpu_ticks(int pid) {
  const std::string path = fmt::format("/proc/{}/stat", pid);
  std::FILE* file = std::fopen(path.c_str(), "re");
  if (file == nullptr) {
    return 0;
  }
  std::string text(1024, '\0');
  text.resize(std::fread(text.data(), 1, text.size(), file));
  std::fclose(file);
  const std::size_t name_end = text.rfind(')');  // the name may hold anything
  std::uint64_t sum = 0;
  std::size_t at = name_end == std::string::npos ? text.size() : name_end + 1;
  for (int field = 3; field <= 17 && at < text.size(); ++field) {
    at = std::min(text.find_first_not_of(' ', at), text.size());
    const std::size_t end = std::min(text.find(' ', at), text.size());
    if (field >= 14) {
      sum += std::strtoull(text.c_str() + at, nullptr, 10);
    }
    at = end;
  }
  return sum;
}

}  // namespace alinktf::job
