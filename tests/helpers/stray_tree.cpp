// A runner in miniature: guarded, with workers that leave awkward grandchildren behind.
//
// usage: stray_tree [--kinds LETTERS] [--workers N] [--after MS] [--exit N] [--grace MS]
//   Ends with status N once MS have passed, by a stop signal otherwise. Says "ready" on stdout when
//   all workers have started their grandchildren. Letters: see grandchild(); I: the worker itself
//   ignores TERM. Every process is marked with the environment variable ALINKTF_TRIAL, or by its
//   command line where it has no environment.
#include "process/child.hpp"
#include "process/guardian.hpp"
#include "sys/event_loop.hpp"
#include "sys/signals.hpp"

#include <array>
#include <charconv>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <sys/epoll.h>
#include <unistd.h>

namespace alinktf {
namespace {

using std::chrono::milliseconds;

constexpr int kChainDepth = 12;
constexpr int kBurstDoublings = 6;  // 64 processes
constexpr useconds_t kHopPauseUs = 300;

[[noreturn]] void idle() {
  for (;;) {
    ::pause();
  }
}

void ignore_stop_signals() {
  for (const int signo : {SIGTERM, SIGHUP, SIGINT, SIGQUIT}) {
    ::signal(signo, SIG_IGN);
  }
}

[[noreturn]] void become_daemon() {
  if (::fork() != 0) {
    ::_exit(0);
  }
  ::setsid();
  if (::fork() != 0) {
    ::_exit(0);
  }
  idle();
}

/// Another program, without environment.
[[noreturn]] void exec_sleep() {
  const char* trial = std::getenv("ALINKTF_TRIAL");  // NOLINT(concurrency-mt-unsafe): one thread
  std::string name = std::string("stray-") + (trial == nullptr ? "" : trial);
  std::string time = "600";
  std::array<char*, 3> argv{name.data(), time.data(), nullptr};
  std::array<char*, 1> env{nullptr};
  ::execve("/bin/sleep", argv.data(), env.data());
  ::_exit(1);
}

/// Changes its pid faster than most can look.
[[noreturn]] void hop() {
  for (;;) {
    if (::fork() != 0) {
      ::_exit(0);
    }
    ::usleep(kHopPauseUs);
  }
}

void grandchild(char kind) {
  if (::fork() != 0) {
    return;
  }
  if (std::string_view("stehb").find(kind) != std::string_view::npos) {
    ::setsid();
  }
  switch (kind) {
    case 'd':
      become_daemon();
    case 'i':
      ignore_stop_signals();
      break;
    case 't':
      ::raise(SIGSTOP);
      break;
    case 'e':
      exec_sleep();
    case 'h':
      hop();
    case 'b':  // a burst, all alive at once
      for (int n = 0; n < kBurstDoublings; ++n) {
        ::fork();
      }
      break;
    case 'D':  // a chain
      for (int n = 0; n < kChainDepth && ::fork() == 0; ++n) {
      }
      break;
    default:  // 'p': plain; 's': own session
      break;
  }
  idle();
}

[[noreturn]] void be_worker(std::string_view kinds) {
  if (kinds.find('I') != std::string_view::npos) {
    ::signal(SIGTERM, SIG_IGN);
  }
  for (const char kind : kinds) {
    if (kind != 'I') {
      grandchild(kind);
    }
  }
  static_cast<void>(!::write(STDOUT_FILENO, "r", 1));
  idle();
}

struct Options {
  std::string kinds = "psditeD";
  int workers = 2;
  int exit_code = 0;
  milliseconds grace{200};
  std::optional<milliseconds> after;
};

class Runner {
 public:
  Runner(Options options, sys::EventLoop& loop, sys::Signals signals)
      : options_(std::move(options)), loop_(loop), signals_(std::move(signals)) {}

  Result<void> run(const std::string& program) {
    ALINKTF_TRY(loop_.watch(signals_.fd(), EPOLLIN, [this](auto) { on_signal(); }));
    for (int n = 0; n < options_.workers; ++n) {
      ALINKTF_TRY(start(program));
    }
    if (options_.after) {
      loop_.call_after(*options_.after, [this] { stop(); });
    }
    return loop_.run([this] { return workers_.empty(); });
  }

  /// 0 if no signal asked for the end.
  [[nodiscard]] int stop_signal() const { return stop_signal_; }

 private:
  struct Worker {
    process::Child child;
    sys::Fd ready;
  };

  Result<void> start(const std::string& program) {
    ALINKTF_ASSIGN_OR_RETURN(sys::Pipe pipe, sys::Pipe::create());
    std::vector<std::string> env;
    for (char** entry = environ; *entry != nullptr; ++entry) {
      env.emplace_back(*entry);
    }
    ALINKTF_ASSIGN_OR_RETURN(process::Child child,
                             process::Child::start({.argv = {program, "--worker", options_.kinds},
                                                    .env = env,
                                                    .fds = {{STDOUT_FILENO, pipe.write.get()}}}));
    const pid_t pid = child.pid();
    ALINKTF_TRY(loop_.watch(child.pidfd(), EPOLLIN, [this, pid](auto) { on_exit(pid); }));
    ALINKTF_TRY(loop_.watch(pipe.read.get(), EPOLLIN, [this, pid](auto) { on_ready(pid); }));
    workers_.emplace(pid, Worker{.child = std::move(child), .ready = std::move(pipe.read)});
    return {};
  }

  void on_ready(pid_t pid) {
    loop_.forget(workers_.at(pid).ready.get());
    if (++ready_ == options_.workers) {
      static_cast<void>(!::write(STDOUT_FILENO, "ready\n", 6));
    }
  }

  void on_exit(pid_t pid) {
    Worker& worker = workers_.at(pid);
    loop_.forget(worker.child.pidfd());
    loop_.forget(worker.ready.get());
    if (!worker.child.try_reap().ok()) {
      std::abort();
    }
    workers_.erase(pid);
    if (!stopping_) {
      stop();
    }
  }

  void on_signal() {
    while (const auto signo = signals_.next()) {
      if (*signo == SIGCHLD) {
        process::reap_strays([this](pid_t pid) { return workers_.count(pid) != 0; });
      } else if (*signo != SIGCONT && *signo != SIGTSTP && stop_signal_ == 0) {
        stop_signal_ = *signo;
        stop();
      }
    }
  }

  void stop() {
    if (stopping_) {
      return;
    }
    stopping_ = true;
    for (const auto& [pid, worker] : workers_) {
      worker.child.terminate();
    }
    loop_.call_after(options_.grace, [this] {
      for (const auto& [pid, worker] : workers_) {
        worker.child.kill();
      }
    });
  }

  Options options_;
  sys::EventLoop& loop_;
  sys::Signals signals_;
  std::map<pid_t, Worker> workers_;
  int ready_ = 0;
  int stop_signal_ = 0;
  bool stopping_ = false;
};

int number(std::string_view text) {
  int value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

Options parse(const std::vector<std::string>& words) {
  Options options;
  for (std::size_t i = 0; i + 1 < words.size(); i += 2) {
    const std::string& name = words[i];
    const std::string& value = words[i + 1];
    if (name == "--kinds") {
      options.kinds = value;
    } else if (name == "--workers") {
      options.workers = number(value);
    } else if (name == "--exit") {
      options.exit_code = number(value);
    } else if (name == "--grace") {
      options.grace = milliseconds(number(value));
    } else if (name == "--after") {
      options.after = milliseconds(number(value));
    }
  }
  return options;
}

Result<int> run(const Options& options) {
  process::set_runner_grace(options.grace);
  ALINKTF_ASSIGN_OR_RETURN(sys::Signals signals, sys::Signals::block());
  ALINKTF_ASSIGN_OR_RETURN(const auto loop, sys::EventLoop::create());
  Runner runner(options, *loop, std::move(signals));
  ALINKTF_TRY(runner.run(std::filesystem::read_symlink("/proc/self/exe").string()));
  if (!process::sweep(std::chrono::seconds(10))) {
    return Error(ErrorCode::kInternal, "sweep");
  }
  if (runner.stop_signal() != 0) {
    process::end_like(runner.stop_signal());
  }
  return options.exit_code;
}

}  // namespace
}  // namespace alinktf

int main(int argc, char** argv) try {
  const std::vector<std::string> words(argv + 1, argv + argc);
  if (words.size() == 2 && words[0] == "--worker") {
    alinktf::be_worker(words[1]);
  }
  alinktf::process::start_guarded(std::chrono::seconds(1));
  const auto status = alinktf::run(alinktf::parse(words));
  if (!status.ok()) {
    std::fprintf(stderr, "stray_tree: %s\n", status.error().str().c_str());
    return 1;
  }
  return status.value();
} catch (const std::exception& error) {
  std::fprintf(stderr, "stray_tree: %s\n", error.what());
  return 1;
}
