#include "process/child.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <csignal>
#include <utility>

#include <sys/resource.h>
#include <sys/wait.h>

namespace alinktf::process {

namespace {

constexpr std::uint64_t kKibibyte = 1024;

std::chrono::microseconds duration(const timeval& time) {
  return std::chrono::seconds(time.tv_sec) + std::chrono::microseconds(time.tv_usec);
}

ExitStatus status_of(int wait_status, const rusage& usage) {
  ExitStatus status;
  if (WIFSIGNALED(wait_status)) {
    status.signal = WTERMSIG(wait_status);
    status.core = WCOREDUMP(wait_status);
  } else {
    status.code = WEXITSTATUS(wait_status);
  }
  status.cpu = duration(usage.ru_utime) + duration(usage.ru_stime);
  status.max_rss_bytes = static_cast<std::uint64_t>(usage.ru_maxrss) * kKibibyte;
  return status;
}

}  // namespace

Result<Child> Child::start(const ChildSpec& spec) {
  ALINKTF_ASSIGN_OR_RETURN(Spawned spawned, spawn(spec));
  return Child(std::move(spawned));
}

Child::Child(Child&& other) noexcept
    : pid_(std::exchange(other.pid_, -1)), pidfd_(std::move(other.pidfd_)) {}

Child& Child::operator=(Child&& other) noexcept {
  Child taken(std::move(other));
  std::swap(pid_, taken.pid_);
  pidfd_.swap(taken.pidfd_);
  return *this;
}

Child::~Child() {
  if (running()) {
    kill();
    int wait_status = 0;
    while (::waitpid(pid_, &wait_status, 0) == -1 && errno == EINTR) {
    }
  }
}

void Child::signal_group(int signo) const {
  if (running()) {  // until it is reaped, its pid cannot be anybody else's group
    ::kill(-pid_, signo);
  }
}

void Child::terminate() const {
  signal_group(SIGTERM);
  signal_group(SIGCONT);
}

void Child::kill() const {
  signal_group(SIGKILL);
}

Result<std::optional<ExitStatus>> Child::try_reap() {
  // Look first, reap last: the unreaped leader keeps the number of its group ours.
  siginfo_t info{};
  if (::waitid(P_PID, static_cast<id_t>(pid_), &info, WEXITED | WNOHANG | WNOWAIT) != 0) {
    return os_error(ErrorCode::kInternal, fmt::format("wait for process {}", pid_));
  }
  if (info.si_pid == 0) {
    return std::optional<ExitStatus>();
  }
  kill();
  int wait_status = 0;
  rusage usage{};
  if (::wait4(pid_, &wait_status, 0, &usage) != pid_) {
    return os_error(ErrorCode::kInternal, fmt::format("reap process {}", pid_));
  }
  pidfd_ = sys::Fd();
  return std::optional(status_of(wait_status, usage));
}

}  // namespace alinktf::process
