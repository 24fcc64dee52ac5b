#include "doctor/machine.hpp"

#include "cluster/held_port.hpp"
#include "sys/disk_space.hpp"
#include "sys/temp_dir.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <limits>
#include <optional>
#include <sstream>

#include <sched.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <unistd.h>

namespace alinktf::doctor {

namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kNone = std::numeric_limits<std::uint64_t>::max();
constexpr std::uint64_t kMiB = 1ULL << 20U;
constexpr std::uint64_t kGiB = 1ULL << 30U;

std::string text_of(const fs::path& path) {
  std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

/// The rest of the first line of `text` that begins with `start`; empty if none does.
std::string line_after(const std::string& text, std::string_view start) {
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with(start)) {
      return line.substr(start.size());
    }
  }
  return {};
}

/// The first number in `text`; kNone if there is none ("max").
std::uint64_t number_in(std::string_view text) {
  text.remove_prefix(std::min(text.find_first_of("0123456789"), text.size()));
  std::uint64_t value = kNone;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

/// A limit of our control group (version 2) or of one above it: the smallest.
std::uint64_t group_limit(const char* file) {
  std::uint64_t least = kNone;
  const fs::path root = "/sys/fs/cgroup";
  fs::path group = line_after(text_of("/proc/self/cgroup"), "0::/");
  for (;;) {
    least = std::min(least, number_in(text_of(root / group / file)));
    if (group.empty()) {
      return least;
    }
    group = group.parent_path();
  }
}

std::uint64_t limit_of(__rlimit_resource resource) {
  rlimit limit{};
  return ::getrlimit(resource, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY ? limit.rlim_cur
                                                                               : kNone;
}

unsigned usable_cores() {
  cpu_set_t set;
  CPU_ZERO(&set);
  return ::sched_getaffinity(0, sizeof set, &set) == 0 ? static_cast<unsigned>(CPU_COUNT(&set)) : 1;
}

Finding examine_kernel() {
  utsname names{};
  static_cast<void>(::uname(&names));
  const auto fd = static_cast<int>(::syscall(SYS_pidfd_open, ::getpid(), 0));
  if (fd >= 0) {
    ::close(fd);
  }
  return judge_kernel(fd >= 0, static_cast<const char*>(names.release));
}

Finding examine_ports() {
  const auto port = cluster::HeldPort::take();
  const std::string range = text_of("/proc/sys/net/ipv4/ip_local_port_range");
  if (!port.ok()) {
    return {.verdict = Verdict::kProblem,
            .what = "ports",
            .found = port.error().str(),
            .fix = "free ports, or widen /proc/sys/net/ipv4/ip_local_port_range"};
  }
  std::istringstream numbers(range);
  unsigned first = 0;
  unsigned last = 0;
  numbers >> first >> last;
  return {.verdict = Verdict::kGood,
          .what = "ports",
          .found = fmt::format("tasks get theirs from {} to {}", first, last)};
}

Finding examine_logs(const std::string& folder) {
  if (folder.empty()) {
    return {.verdict = Verdict::kNote,
            .what = "logs",
            .found = "are not kept: neither XDG_STATE_HOME nor HOME says where",
            .fix = "set HOME, or give --log-dir"};
  }
  fs::path existing = folder;
  std::error_code error;
  while (!fs::exists(existing, error) && existing.has_relative_path()) {
    existing = existing.parent_path();
  }
  if (::access(existing.c_str(), W_OK | X_OK) != 0) {
    return {.verdict = Verdict::kNote,
            .what = "logs",
            .found = fmt::format("are not kept: {} cannot be written", existing.string()),
            .fix = "make it writable, or give --log-dir"};
  }
  return {.verdict = Verdict::kGood, .what = "logs", .found = "in " + folder};
}

Finding examine_work_dir(const std::string& parent) {
  const auto made = sys::TempDir::create(parent, "alinktf-doctor-");
  if (!made.ok()) {
    return {.verdict = Verdict::kProblem,
            .what = "work dir",
            .found = made.error().str(),
            .fix = "set TMPDIR or give --work-dir with a folder that you may write to"};
  }
  const auto space = sys::disk_space(parent);
  return space.ok() ? judge_space(parent, space.value().free_bytes, space.value().in_memory)
                    : Finding{.verdict = Verdict::kGood, .what = "work dir", .found = parent};
}

}  // namespace

Findings examine_machine() {
  return {examine_kernel(),
          judge_processor(line_after(text_of("/proc/cpuinfo"), "flags"), usable_cores()),
          judge_memory(number_in(line_after(text_of("/proc/meminfo"), "MemAvailable:")) * 1024,
                       group_limit("memory.max")),
          judge_descriptors(limit_of(RLIMIT_NOFILE)),
          judge_processes(std::min(limit_of(RLIMIT_NPROC), group_limit("pids.max"))),
          examine_ports()};
}

Findings examine_folders(const Surroundings& surroundings) {
  return {examine_work_dir(surroundings.work_dir_parent), examine_logs(surroundings.log_parent)};
}

Finding judge_kernel(bool has_pidfd, const std::string& release) {
  if (has_pidfd) {
    return {.verdict = Verdict::kGood, .what = "kernel", .found = "Linux " + release};
  }
  return {.verdict = Verdict::kProblem,
          .what = "kernel",
          .found = fmt::format("Linux {} refuses pidfd_open, by which tasks are watched", release),
          .fix = "use Linux 5.3 or later; in a container, a seccomp profile that allows the call"};
}

Finding judge_processor(std::string_view flags, unsigned cores) {
  const std::string padded = fmt::format(" {} ", flags);
  const std::string found = fmt::format("{} core{}", cores, cores == 1 ? "" : "s");
  if (padded.find(" avx ") != std::string::npos || flags.empty()) {
    return {.verdict = Verdict::kGood, .what = "processor", .found = found};
  }
  return {.verdict = Verdict::kProblem,
          .what = "processor",
          .found = found + " without AVX: TensorFlow's packages die of SIGILL here",
          .fix =
              "use another machine (of a virtual one: another processor type), or a TensorFlow "
              "that was built for this one"};
}

Finding judge_memory(std::uint64_t available, std::uint64_t limit) {
  const std::uint64_t usable = std::min(available, limit);
  std::string found = sys::bytes_text(usable) +
                      (limit < available ? " by the control group's limit" : " available");
  if (usable >= kGiB) {
    return {.verdict = Verdict::kGood, .what = "memory", .found = std::move(found)};
  }
  return {.verdict = Verdict::kNote,
          .what = "memory",
          .found = std::move(found) + "; a task needs about 400 MiB once TensorFlow is imported",
          .fix = "end other programs, raise the limit, or run fewer workers"};
}

Finding judge_descriptors(std::uint64_t most) {
  constexpr std::uint64_t kOwn = 64;
  constexpr std::uint64_t kPerTask = 8;  // five pipes and sockets, a pidfd, a port, a log file
  const std::uint64_t tasks = most <= kOwn ? 0 : (most - kOwn) / kPerTask;
  if (tasks >= 16) {
    return {.verdict = Verdict::kGood,
            .what = "open files",
            .found = most == kNone ? "no limit"
                                   : fmt::format("at most {}, enough for {} tasks", most, tasks)};
  }
  return {.verdict = Verdict::kProblem,
          .what = "open files",
          .found = fmt::format("at most {}, enough for {} tasks", most, tasks),
          .fix = "raise the limit (ulimit -n)"};
}

Finding judge_processes(std::uint64_t most) {
  constexpr std::uint64_t kPerTask = 64;  // TensorFlow's threads count
  if (most == kNone) {
    return {.verdict = Verdict::kGood, .what = "processes", .found = "no limit"};
  }
  std::string found =
      fmt::format("at most {} processes and threads, about {} tasks", most, most / kPerTask);
  if (most >= 4 * kPerTask) {
    return {.verdict = Verdict::kGood, .what = "processes", .found = std::move(found)};
  }
  return {.verdict = Verdict::kProblem,
          .what = "processes",
          .found = std::move(found),
          .fix = "raise ulimit -u or the control group's pids.max"};
}

Finding judge_space(const std::string& path, std::uint64_t free_bytes, bool in_memory) {
  std::string found = fmt::format(
      "{}: {} free{}", path, sys::bytes_text(free_bytes), in_memory ? ", which is memory" : "");
  if (free_bytes < 64 * kMiB) {
    return {.verdict = Verdict::kProblem,
            .what = "work dir",
            .found = std::move(found),
            .fix = "make room, or give --work-dir"};
  }
  if (in_memory) {
    return {.verdict = Verdict::kNote,
            .what = "work dir",
            .found = std::move(found) + "; batch jobs spool their input there",
            .fix = "for large inputs give --work-dir with a folder on a disk"};
  }
  return {.verdict = Verdict::kGood, .what = "work dir", .found = std::move(found)};
}

}  // namespace alinktf::doctor
