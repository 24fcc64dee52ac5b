#include "job/stall_watch.hpp"

#include <catch2/catch.hpp>

#include <unistd.h>

namespace alinktf::job {
namespace {

using namespace std::chrono_literals;

const std::uint64_t ticks_per_second = static_cast<std::uint64_t>(::sysconf(_SC_CLK_TCK));

TEST_CASE("Any CPU time is activity", "[job][stall_watch]") {
  CpuActivity cpu;
  const sys::EventLoop::Clock::time_point start{};
  const auto first = cpu.look(7, false, start);
  CHECK(cpu.look(7, false, start + 5s) == first);
  CHECK(cpu.look(8, false, start + 10s) != first);
}

TEST_CASE("Of a task that waits for a lock only much CPU time is activity", "[job][stall_watch]") {
  CpuActivity cpu;
  const sys::EventLoop::Clock::time_point start{};
  const auto first = cpu.look(7, true, start);
  CHECK(cpu.look(8, true, start + 5s) == first);
  CHECK(cpu.look(8 + ticks_per_second, true, start + 10s) != first);
}

}  // namespace
}  // namespace alinktf::job
