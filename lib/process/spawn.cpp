// Boost.Process does fork, hooks and exec; everything else is ours.
#include "process/spawn.hpp"

#include "base/assert.hpp"
#include "process/network_isolation.hpp"

// Boost 1.74 enables its vfork path only below POSIX.1-2008, which g++ never is.
#define BOOST_POSIX_HAS_VFORK 1
#include <boost/process/child.hpp>
#include <boost/process/error.hpp>
#include <boost/process/extend.hpp>
#include <boost/process/posix.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <system_error>

#include <fcntl.h>
#include <linux/close_range.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace alinktf::process {

namespace {

namespace bp = boost::process;

enum class Step : int { kSession, kDeathSignal, kDescriptors, kExec };
constexpr std::array<const char*, 4> kStepNames{"setsid", "prctl", "descriptors", "execve"};

/// What a child that does not reach its program writes into the report pipe.
struct Failure {
  Step step = Step::kExec;
  int error = 0;
};

Error start_error(const ChildSpec& spec, const char* step, int error) {
  return os_error(
      ErrorCode::kWorker, fmt::format("start '{}': {}", spec.argv.front(), step), error);
}

std::vector<char*> pointers(const std::vector<std::string>& strings) {
  std::vector<char*> out;
  out.reserve(strings.size() + 1);
  for (const auto& text : strings) {
    out.push_back(const_cast<char*>(text.c_str()));  // execve's signature, not its deed
  }
  out.push_back(nullptr);
  return out;
}

/// The hooks. Everything after vfork is async-signal-safe and allocation-free.
struct Hooks : bp::extend::handler {
  std::vector<char*> argv, env;
  std::vector<std::pair<int, int>> fds;  ///< Targets are below all sources.
  Isolation isolation = Isolation::kSession;
  pid_t parent = -1;
  int report = -1;  ///< Close-on-exec: end of file in the parent means that execve went through.
  int* fork_error = nullptr;

  template <typename Executor>
  void on_setup(Executor& executor) const {
    // Set here: Boost's own ways miss the first PATH entry and abort on an empty argument.
    executor.exe = argv.front();
    executor.cmd_line = const_cast<char**>(argv.data());
    executor.env = const_cast<char**>(env.data());
  }

  template <typename Executor>
  void on_exec_setup(Executor& /*executor*/) const {
    reset_signals();
    if ((isolation == Isolation::kSession ? ::setsid() : ::setpgid(0, 0)) == -1) {
      die(Step::kSession);
    }
    if (::prctl(PR_SET_PDEATHSIG, SIGKILL) == -1 || !has_parent()) {
      die(Step::kDeathSignal);
    }
    if (::syscall(SYS_close_range, STDERR_FILENO + 1, ~0U, CLOSE_RANGE_CLOEXEC) == -1) {
      die(Step::kDescriptors);
    }
    for (const auto& [target, source] : fds) {
      if (::dup2(source, target) == -1) {
        die(Step::kDescriptors);
      }
    }
    sigset_t none;
    sigemptyset(&none);
    ::pthread_sigmask(SIG_SETMASK, &none, nullptr);
  }

  template <typename Executor>
  void on_fork_error(Executor& /*executor*/, const std::error_code& error) const {
    *fork_error = error.value();
  }

  template <typename Executor>
  void on_exec_error(Executor& /*executor*/, const std::error_code& /*error*/) const {
    die(Step::kExec);
  }

  /// False: the parent died before it was tied to us. 0 is a parent outside of our pid namespace;
  /// that ends with it.
  [[nodiscard]] bool has_parent() const {
    const pid_t now = ::getppid();
    return now == parent || now == 0;
  }

  /// execve resets handlers but leaves ignored signals ignored.
  static void reset_signals() {
    struct sigaction by_default {};
    by_default.sa_handler = SIG_DFL;
    for (int signo = 1; signo <= SIGRTMAX; ++signo) {
      ::sigaction(signo, &by_default, nullptr);
    }
  }

  [[noreturn]] void die(Step step) const {
    const Failure failure{.step = step, .error = errno};
    static_cast<void>(!::write(report, &failure, sizeof failure));
    ::_exit(127);
  }
};

/// Blocks all signals while it lives: a handler must not run in a vforked child, in our memory.
class BlockedSignals {
 public:
  BlockedSignals() {
    sigset_t all;
    sigfillset(&all);
    ::pthread_sigmask(SIG_SETMASK, &all, &before_);
  }
  BlockedSignals(const BlockedSignals&) = delete;
  BlockedSignals& operator=(const BlockedSignals&) = delete;
  BlockedSignals(BlockedSignals&&) = delete;
  BlockedSignals& operator=(BlockedSignals&&) = delete;
  ~BlockedSignals() { ::pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

 private:
  sigset_t before_{};
};

/// Fork and exec; returns once the child has done one or the other. The pid, or what fork said.
Result<pid_t> launch(const ChildSpec& spec, Hooks& hooks) {
  const BlockedSignals no_handlers;
  int fork_error = 0;
  hooks.fork_error = &fork_error;
  // Errors are "ignored" because Boost leaves a zombie when it handles a failed execve itself.
#ifdef __clang_analyzer__  // its rules for vfork do not fit Boost's own code
  bp::child child(hooks, bp::ignore_error);
#else
  bp::child child(hooks, bp::posix::use_vfork, bp::ignore_error);
#endif
  if (fork_error != 0) {
    return start_error(spec, "fork", fork_error);
  }
  const pid_t pid = child.id();
  child.detach();  // ours to wait for; ~child would SIGKILL
  return pid;
}

/// Copies of the descriptors that the child is to get, all numbered above every target, so that
/// placing one cannot overwrite another. Standard input is /dev/null unless named.
Result<std::vector<sys::Fd>> lift_sources(const ChildSpec& spec, int above, Hooks& hooks) {
  std::vector<sys::Fd> copies;
  bool has_stdin = false;
  for (const auto& [target, source] : spec.fds) {
    ALINKTF_ASSIGN_OR_RETURN(sys::Fd copy, sys::Fd::duplicate(source, above));
    hooks.fds.emplace_back(target, copy.get());
    copies.push_back(std::move(copy));
    has_stdin = has_stdin || target == STDIN_FILENO;
  }
  if (!has_stdin) {
    ALINKTF_ASSIGN_OR_RETURN(const sys::Fd null, sys::Fd::open("/dev/null", O_RDONLY));
    ALINKTF_ASSIGN_OR_RETURN(sys::Fd copy, sys::Fd::duplicate(null.get(), above));
    hooks.fds.emplace_back(STDIN_FILENO, copy.get());
    copies.push_back(std::move(copy));
  }
  return copies;
}

void kill_and_reap(pid_t pid) {
  ::kill(pid, SIGKILL);
  while (::waitpid(pid, nullptr, 0) == -1 && errno == EINTR) {
  }
}

}  // namespace

Result<Spawned> spawn(const ChildSpec& spec) {
  ALINKTF_ASSERT(!spec.argv.empty());
  int above = STDERR_FILENO + 1;
  for (const auto& [target, source] : spec.fds) {
    above = std::max(above, target + 1);
  }
  Hooks hooks;
  ALINKTF_ASSIGN_OR_RETURN(sys::Pipe report, sys::Pipe::create());
  ALINKTF_ASSIGN_OR_RETURN(sys::Fd report_end, sys::Fd::duplicate(report.write.get(), above));
  report.write = sys::Fd();
  ALINKTF_ASSIGN_OR_RETURN(const std::vector<sys::Fd> sources, lift_sources(spec, above, hooks));
  hooks.argv = pointers(spec.argv);
  hooks.env = pointers(spec.env);
  hooks.isolation = spec.isolation;
  hooks.parent = ::getpid();
  hooks.report = report_end.get();
  Result<pid_t> launched = 0;
  NetworkIsolation::run([&] { launched = launch(spec, hooks); });
  ALINKTF_ASSIGN_OR_RETURN(const pid_t pid, std::move(launched));

  report_end = sys::Fd();  // now only the child holds the write end
  Failure failure;
  ssize_t got = 0;
  while ((got = ::read(report.read.get(), &failure, sizeof failure)) == -1 && errno == EINTR) {
  }
  if (got == sizeof failure) {
    kill_and_reap(pid);
    return start_error(spec, kStepNames.at(static_cast<std::size_t>(failure.step)), failure.error);
  }
  // By number: glibc 2.36 declares pidfd_open without extern "C", older ones have neither call.
  sys::Fd pidfd(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
  if (!pidfd) {
    const int error = errno;
    kill_and_reap(pid);
    return start_error(spec, "pidfd_open", error);
  }
  return Spawned{.pid = pid, .pidfd = std::move(pidfd)};
}

}  // namespace alinktf::process
