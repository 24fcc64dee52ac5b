#include "process/network_isolation.hpp"

#include "base/assert.hpp"
#include "process/id_maps.hpp"
#include "sys/thread.hpp"

#include <fmt/format.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <fstream>
#include <string>

#include <linux/close_range.h>
#include <net/if.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace alinktf::process {

namespace {

NetworkIsolation* current = nullptr;  // of the main thread

/// A setting of the kernel that can forbid user namespaces, as it is here.
std::string setting(const std::string& name, std::string_view wanted) {
  std::string path = "/proc/sys/" + name;
  for (char& c : path) {
    c = c == '.' ? '/' : c;
  }
  std::string value;
  std::ifstream(path) >> value;
  return fmt::format("{} ({}; here {})", name, wanted, value.empty() ? "not there" : value);
}

Error refused(std::string_view step, const Error& why) {
  return {ErrorCode::kInternal,
          fmt::format("isolateNetwork: {}: {}; the kernel must allow user namespaces: look at {}, "
                      "{}, {}, and at the seccomp profile if this is a container; or take "
                      "isolateNetwork out of the job",
                      step,
                      why.str(),
                      setting("user.max_user_namespaces", "above 0"),
                      setting("kernel.unprivileged_userns_clone", "1, or not there"),
                      setting("kernel.apparmor_restrict_unprivileged_userns", "0, or not there"))};
}

Result<void> unshare(int what) {
  return ::unshare(what) == 0 ? Result<void>() : os_error(ErrorCode::kInternal, "unshare");
}

Result<void> bring_up_loopback() {
  const sys::Fd socket(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  ifreq request{};
  std::strcpy(request.ifr_name, "lo");
  request.ifr_flags = IFF_UP | IFF_RUNNING;
  return socket && ::ioctl(socket.get(), SIOCSIFFLAGS, &request) == 0
             ? Result<void>()
             : os_error(ErrorCode::kInternal, "SIOCSIFFLAGS");
}

/// The first process: kills all others when it gets a byte, and answers once they are gone. At the
/// end of file, so when our process has ended too, the kernel kills them with it. Only calls that a
/// child of a process with threads may make.
[[noreturn]] void be_first(int channel) {
  ::setsid();
  ::prctl(PR_SET_NAME, "tf-isolated");
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  ::signal(SIGCHLD, SIG_IGN);  // reaps what is left to us
  constexpr unsigned kChannel = 3;
  ::dup2(channel, static_cast<int>(kChannel));
  ::close(STDIN_FILENO);
  ::close(STDOUT_FILENO);
  ::close(STDERR_FILENO);
  ::syscall(SYS_close_range, kChannel + 1, ~0U, 0);
  char byte = 0;
  while (::read(static_cast<int>(kChannel), &byte, 1) == 1) {
    ::kill(-1, SIGKILL);
    while (::wait(nullptr) > 0 || errno == EINTR) {
    }
    static_cast<void>(!::write(static_cast<int>(kChannel), &byte, 1));
  }
  ::_exit(0);
}

}  // namespace

Result<std::unique_ptr<NetworkIsolation>> NetworkIsolation::enter() {
  ALINKTF_ASSERT(current == nullptr);
  auto entered = unshare_with_ids([] { return unshare(CLONE_NEWUSER); });
  if (!entered.ok()) {
    return refused("own user namespace", entered.error());
  }
  if (auto own = unshare(CLONE_NEWNET); !own.ok()) {
    return refused("own network namespace", own.error());
  }
  if (auto up = bring_up_loopback(); !up.ok()) {
    return refused("loopback interface", up.error());
  }
  std::unique_ptr<NetworkIsolation> isolation(new NetworkIsolation);
  ALINKTF_ASSIGN_OR_RETURN(isolation->thread_,
                           sys::start_thread([&isolation = *isolation] { isolation.serve(); }));
  Result<void> started;
  isolation->run_there([&] { started = isolation->start_first_process(); });
  if (!started.ok()) {
    return refused("own pid namespace", started.error());
  }
  current = isolation.get();
  return isolation;
}

NetworkIsolation::~NetworkIsolation() {
  if (current == this) {
    current = nullptr;
  }
  if (first_ != -1) {
    ::kill(first_, SIGKILL);
  }
  {
    const std::lock_guard lock(mutex_);
    ended_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) {
    thread_.join();
  }
}

Result<void> NetworkIsolation::end_processes() {
  char byte = 'x';
  ssize_t got = 0;
  if (::send(channel_.get(), &byte, 1, MSG_NOSIGNAL) == 1) {
    while ((got = ::read(channel_.get(), &byte, 1)) == -1 && errno == EINTR) {
    }
  }
  return got == 1 ? Result<void>()
                  : Error(ErrorCode::kInternal, "the first process of the pid namespace is gone");
}

void NetworkIsolation::run(const std::function<void()>& fork) {
  if (current == nullptr) {
    fork();
  } else {
    current->run_there(fork);
  }
}

Result<void> NetworkIsolation::start_first_process() {
  ALINKTF_TRY(unshare(CLONE_NEWPID));
  std::array<int, 2> ends{};
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0) {
    return os_error(ErrorCode::kInternal, "socketpair");
  }
  channel_ = sys::Fd(ends[0]);
  const sys::Fd theirs(ends[1]);
  first_ = ::fork();
  if (first_ == 0) {
    be_first(theirs.get());
  }
  return first_ != -1 ? Result<void>() : os_error(ErrorCode::kInternal, "fork");
}

/// The thread: all it does is fork. It ends last, since its children die with it.
void NetworkIsolation::serve() {
  sigset_t all;
  sigfillset(&all);
  ::pthread_sigmask(SIG_SETMASK, &all, nullptr);
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait(lock, [this] { return ended_ || fork_ != nullptr; });
    if (fork_ == nullptr) {
      return;
    }
    (*fork_)();
    fork_ = nullptr;
    changed_.notify_all();
  }
}

void NetworkIsolation::run_there(const std::function<void()>& fork) {
  std::unique_lock lock(mutex_);
  fork_ = &fork;
  changed_.notify_all();
  changed_.wait(lock, [this] { return fork_ == nullptr; });
}

}  // namespace alinktf::process
