#include "process/guardian.hpp"

#include "sys/temp_dir.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <climits>
#include <csignal>
#include <cstdint>
#include <cstring>
#include <ctime>
#include <new>
#include <optional>
#include <string_view>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace alinktf::process {

namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr std::array kForwarded{SIGTERM, SIGINT, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2};
// What a runner may need over its grace to kill, reap, remove files and say why.
constexpr milliseconds kTakeoverMargin{2'000};
constexpr int kUnknown = -1;
constexpr int kExitedWith1 = 1 << 8;  // as a wait status

/// What front, guardian and runner share.
struct Shared {
  std::atomic<pid_t> runner{0};
  std::atomic<int> runner_status{kUnknown};  ///< Wait status, from whoever reaped the runner.
  std::atomic<std::int64_t> grace_ms{0};
  std::array<char, PATH_MAX> directory{};  ///< Goes last; read when the runner has ended.
};
static_assert(std::atomic<std::int64_t>::is_always_lock_free, "or processes could not share it");

Shared* shared_memory = nullptr;

/// Without stdio: front and guardian never flush what the runner may have buffered.
void say(std::string_view text) {
  static_cast<void>(!::write(STDERR_FILENO, text.data(), text.size()));
}

[[noreturn]] void give_up(const char* step) {
  const int error = errno;
  say("alinktf: cannot start: ");
  say(step);
  say(": ");
  say(::strerrordesc_np(error));
  say("\n");
  ::_exit(1);
}

/// Make sure that 0, 1 and 2 are taken, or the next file that is opened becomes "standard output".
/// Reading a closed input and writing to a closed output still fail.
void occupy_standard_descriptors() {
  constexpr std::array kModes{O_WRONLY, O_RDONLY, O_RDWR};
  for (int fd = 0; fd < static_cast<int>(kModes.size()); ++fd) {
    if (::fcntl(fd, F_GETFD) == -1) {
      ::open("/dev/null", kModes[static_cast<std::size_t>(fd)]);  // NOLINT(android-cloexec-open)
    }
  }
}

/// The life of front and of guardian: attend a child, leave no descendant, end as it ended.
class Guard {
 public:
  Guard(Shared& shared, const sigset_t& signals) : shared_(shared), signals_(signals) {}

  [[noreturn]] void run(pid_t child) const {
    let_go_of_descriptors();
    int status = attend(child, std::nullopt).value_or(kExitedWith1);
    if (const pid_t runner = shared_.runner; runner != child && is_our_child(runner)) {
      // The guardian was killed: its runner is ours now.
      forward(runner, SIGTERM);
      static_cast<void>(attend(runner, milliseconds(shared_.grace_ms) + kTakeoverMargin));
    }
    if (shared_.runner_status != kUnknown) {
      status = shared_.runner_status;
    }
    if (!sweep()) {
      say("alinktf: some processes of the job could not be killed\n");
    }
    static_cast<void>(sys::TempDir::adopt(shared_.directory.data()));
    end_like(status);
  }

 private:
  /// Only the runner holds the ends of a pipeline; stderr stays for a last word.
  static void let_go_of_descriptors() {
    ::signal(SIGPIPE, SIG_IGN);
    const int null = ::open("/dev/null", O_RDWR | O_CLOEXEC);
    ::dup2(null, STDIN_FILENO);
    ::dup2(null, STDOUT_FILENO);
    ::syscall(SYS_close_range, STDERR_FILENO + 1, ~0U, 0);
  }

  static void forward(pid_t child, int signo) {
    ::kill(child, signo);
    ::kill(child, SIGCONT);  // a stopped job can be ended too
  }

  static bool is_our_child(pid_t pid) {
    siginfo_t info{};
    return pid > 0 &&
           ::waitid(P_PID, static_cast<id_t>(pid), &info, WEXITED | WNOHANG | WNOWAIT) == 0;
  }

  /// Pass signals on to `child` until it has ended. Its wait status, or nothing after `limit`.
  [[nodiscard]] std::optional<int> attend(pid_t child, std::optional<milliseconds> limit) const {
    const auto start = Clock::now();
    for (;;) {
      if (const auto status = reap_until(child)) {
        return status;
      }
      const auto left = limit ? *limit - (Clock::now() - start) : Clock::duration::max();
      if (left <= Clock::duration::zero()) {
        return std::nullopt;
      }
      const int signo = wait_signal(limit ? std::optional(left) : std::nullopt);
      if (signo > 0 && signo != SIGCHLD) {
        forward(child, signo);
      }
    }
  }

  /// Reap whatever has ended. The status of `child` if it is among that.
  [[nodiscard]] std::optional<int> reap_until(pid_t child) const {
    for (;;) {
      int status = 0;
      const pid_t pid = ::waitpid(-1, &status, WNOHANG);
      if (pid == 0) {
        return std::nullopt;
      }
      if (pid == -1) {
        return errno == ECHILD ? std::optional(kExitedWith1) : std::nullopt;
      }
      if (pid == shared_.runner) {
        shared_.runner_status = status;
      }
      if (pid == child) {
        return status;
      }
    }
  }

  [[nodiscard]] int wait_signal(std::optional<Clock::duration> limit) const {
    if (!limit) {
      return ::sigwaitinfo(&signals_, nullptr);
    }
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(*limit);
    const timespec time{.tv_sec = seconds.count(),
                        .tv_nsec = std::chrono::nanoseconds(*limit - seconds).count()};
    return ::sigtimedwait(&signals_, nullptr, &time);
  }

  Shared& shared_;
  sigset_t signals_;
};

/// Block what front and guardian wait for: SIGCHLD, and what they forward unless it was ignored.
sigset_t block_signals() {
  ::signal(SIGCHLD, SIG_DFL);  // a parent that ignores it would leave us without statuses
  ::signal(SIGTERM, SIG_DFL);  // it is our PDEATHSIG
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGCHLD);
  for (const int signo : kForwarded) {
    struct sigaction old {};
    ::sigaction(signo, nullptr, &old);
    if (old.sa_handler != SIG_IGN) {  // nohup, or `&` in a script: ignored stays ignored
      sigaddset(&set, signo);
    }
  }
  ::pthread_sigmask(SIG_SETMASK, &set, nullptr);
  return set;
}

Shared& share_memory() {
  void* memory =
      ::mmap(nullptr, sizeof(Shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) {
    give_up("mmap");
  }
  shared_memory = new (memory) Shared;
  return *shared_memory;
}

/// Fork; returns in the child, which gets SIGTERM when this process ends.
template <typename AsParent>
void descend(AsParent as_parent) {
  ::prctl(PR_SET_CHILD_SUBREAPER, 1);
  const pid_t self = ::getpid();
  const pid_t child = ::fork();
  if (child == -1) {
    give_up("fork");
  }
  if (child > 0) {
    as_parent(child);
  }
  ::prctl(PR_SET_PDEATHSIG, SIGTERM);
  if (::getppid() != self) {
    ::raise(SIGTERM);  // the parent was faster
  }
}

}  // namespace

void start_guarded(milliseconds grace) {
  occupy_standard_descriptors();
  const sigset_t signals = block_signals();
  Shared& shared = share_memory();
  shared.grace_ms = grace.count();
  const Guard guard(shared, signals);
  descend([&](pid_t guardian) { guard.run(guardian); });
  descend([&](pid_t runner) {
    shared.runner = runner;
    // Only now: the runner shall stay in the session and group that the shell knows.
    ::setsid();
    ::prctl(PR_SET_NAME, "tf-guardian");
    guard.run(runner);
  });
  shared.runner = ::getpid();  // the guardian may be killed before it can say so
  ::prctl(PR_SET_CHILD_SUBREAPER, 1);
  sigset_t none;
  sigemptyset(&none);
  ::pthread_sigmask(SIG_SETMASK, &none, nullptr);
}

void set_runner_grace(milliseconds grace) {
  if (shared_memory != nullptr) {
    shared_memory->grace_ms = grace.count();
  }
}

void remove_when_ended(const std::string& directory) {
  if (shared_memory != nullptr && directory.size() < shared_memory->directory.size()) {
    std::copy_n(directory.c_str(), directory.size() + 1, shared_memory->directory.begin());
  }
}

void end_like(int wait_status) {
  if (WIFEXITED(wait_status)) {
    ::_exit(WEXITSTATUS(wait_status));
  }
  const int signo = WTERMSIG(wait_status);
  const rlimit none{};
  ::setrlimit(RLIMIT_CORE, &none);
  ::prctl(PR_SET_DUMPABLE, 0);  // a core_pattern that is a pipe ignores the limit
  ::signal(signo, SIG_DFL);
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, signo);
  ::kill(::getpid(), signo);
  ::pthread_sigmask(SIG_UNBLOCK, &set, nullptr);
  ::_exit(128 + signo);  // pid 1 of a container survives its own signals
}

}  // namespace alinktf::process
