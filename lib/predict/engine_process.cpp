#include "predict/engine_process.hpp"

#include "sys/thread.hpp"
#include "tensorflow/engine.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <deque>
#include <filesystem>
#include <mutex>
#include <thread>

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace alinktf::predict {

namespace {

constexpr std::size_t kKeptLines = 20;
constexpr std::size_t kLongestLine = 4096;
constexpr int kPatienceMilliseconds = 3000;

/// TensorFlow's own chatter stays off unless somebody asked for it.
std::vector<std::string> engine_environment(std::vector<std::string> environment) {
  constexpr std::string_view kLevel = "TF_CPP_MIN_LOG_LEVEL=";
  const bool given =
      std::any_of(environment.begin(), environment.end(), [&](const std::string& entry) {
        return entry.starts_with(kLevel);
      });
  if (!given) {
    environment.push_back(std::string(kLevel) + "2");
  }
  return environment;
}

}  // namespace

/// Reads what the engine prints, and keeps the last lines.
class EngineProcess::Log {
 public:
  Log(sys::Fd pipe, std::function<void(const std::string&)> on_line)
      : pipe_(std::move(pipe)), on_line_(std::move(on_line)) {}
  Log(const Log&) = delete;
  Log& operator=(const Log&) = delete;
  Log(Log&&) = delete;
  Log& operator=(Log&&) = delete;
  /// Waits for the end of the pipe: the process must have ended.
  ~Log() {
    if (thread_.joinable()) {
      thread_.join();
    }
  }

  Result<void> start() {
    ALINKTF_ASSIGN_OR_RETURN(thread_, sys::start_thread([this] { read(); }));
    return {};
  }

  std::string last_lines() {
    const std::lock_guard lock(mutex_);
    std::string text;
    for (const std::string& line : lines_) {
      text += "\n  | " + line;
    }
    return text;
  }

 private:
  void read() {
    std::array<char, 4096> bytes{};
    std::string line;
    for (;;) {
      const ssize_t got = ::read(pipe_.get(), bytes.data(), bytes.size());
      if (got < 0 && errno == EINTR) {
        continue;
      }
      if (got <= 0) {
        break;
      }
      for (const char c : std::string_view(bytes.data(), static_cast<std::size_t>(got))) {
        if (c == '\n') {
          add(std::exchange(line, {}));
        } else if (line.size() < kLongestLine) {
          line.push_back(c);
        }
      }
    }
    if (!line.empty()) {
      add(std::move(line));
    }
  }

  void add(std::string line) {
    if (on_line_) {
      on_line_(line);
    }
    const std::lock_guard lock(mutex_);
    lines_.push_back(std::move(line));
    if (lines_.size() > kKeptLines) {
      lines_.pop_front();
    }
  }

  sys::Fd pipe_;
  std::function<void(const std::string&)> on_line_;
  std::mutex mutex_;
  std::deque<std::string> lines_;
  std::thread thread_;
};

Result<void> EngineChannel::send(tensorflow::MessageKind kind,
                                 std::uint32_t number,
                                 Buffer& message) {
  if (!tensorflow::send_message(socket_.get(), kind, number, message).ok()) {
    gone_ = true;
    return Error(ErrorCode::kWorker, std::string(kGone));
  }
  return {};
}

Result<std::uint32_t> EngineChannel::receive(Buffer& body) {
  tensorflow::MessageHead head;
  auto received = tensorflow::receive_message(socket_.get(), head, body, spin_);
  if (!received.ok() || !received.value()) {
    gone_ = true;
    return Error(ErrorCode::kWorker, std::string(kGone));
  }
  if (head.kind == tensorflow::MessageKind::kFailed) {
    return Error(static_cast<ErrorCode>(head.number), std::string(body.view()));
  }
  return head.number;
}

Result<std::uint32_t> EngineChannel::ask(tensorflow::MessageKind kind,
                                         std::uint32_t number,
                                         Buffer& message,
                                         Buffer& body) {
  ALINKTF_TRY(send(kind, number, message));
  return receive(body);
}

void EngineChannel::shut_down() const {
  static_cast<void>(::shutdown(socket_.get(), SHUT_RDWR));
}

EngineProcess::EngineProcess() = default;

Result<std::unique_ptr<EngineProcess>> EngineProcess::start(const EngineOptions& options) {
  std::unique_ptr<EngineProcess> engine(new EngineProcess);  // private constructor
  std::vector<sys::Fd> theirs;
  process::ChildSpec spec{.argv = {options.program, "engine", std::to_string(options.channels)},
                          .env = engine_environment(options.environment),
                          .fds = {},
                          .isolation = process::Isolation::kSession};
  if (options.prompt) {
    spec.argv.emplace_back("prompt");
  }
  const auto spin = options.prompt ? tensorflow::prompt_spin() : std::chrono::microseconds{0};
  for (int i = 0; i < options.channels; ++i) {
    ALINKTF_ASSIGN_OR_RETURN(auto pair, sys::SocketPair::create());
    spec.fds.emplace_back(tensorflow::kFirstChannel + i, pair.theirs.get());
    theirs.push_back(std::move(pair.theirs));
    engine->channels_.emplace_back(std::move(pair.ours), spin);
  }
  ALINKTF_ASSIGN_OR_RETURN(auto log, sys::Pipe::create());
  spec.fds.emplace_back(STDOUT_FILENO, log.write.get());
  spec.fds.emplace_back(STDERR_FILENO, log.write.get());
  ALINKTF_ASSIGN_OR_RETURN(engine->child_, process::Child::start(spec));
  log.write = sys::Fd();
  engine->log_ = std::make_unique<Log>(std::move(log.read), options.on_line);
  ALINKTF_TRY(engine->log_->start());
  return engine;
}

EngineProcess::~EngineProcess() {
  kill();
}

void EngineProcess::kill() {
  channels_.clear();
  if (child_ && child_->running()) {
    child_->kill();
    wait(kPatienceMilliseconds);
  }
  child_.reset();
  log_.reset();
}

/// How it ended, or nothing if it still runs after `milliseconds`.
std::optional<process::ExitStatus> EngineProcess::wait(int milliseconds) {
  pollfd pidfd{.fd = child_->pidfd(), .events = POLLIN, .revents = 0};
  static_cast<void>(::poll(&pidfd, 1, milliseconds));
  auto reaped = child_->try_reap();
  return reaped.ok() ? reaped.value() : std::nullopt;
}

bool EngineProcess::gone() const {
  pollfd pidfd{.fd = child_ ? child_->pidfd() : -1, .events = POLLIN, .revents = 0};
  return ::poll(&pidfd, 1, 0) == 1 ||
         std::any_of(channels_.begin(), channels_.end(), [](const EngineChannel& channel) {
           return channel.gone();
         });
}

std::string EngineProcess::describe_end() {
  const pid_t pid = child_->pid();
  auto status = wait(kPatienceMilliseconds);
  if (!status) {
    child_->kill();
    status = wait(kPatienceMilliseconds);
  }
  child_.reset();
  const std::string how = status ? process::describe(*status) : "it does not answer";
  const std::string lines = log_->last_lines();
  return fmt::format("the prediction engine (pid {}) ended: {}{}{}",
                     pid,
                     how,
                     lines.empty() ? "" : "; its last lines:",
                     lines);
}

std::optional<process::ExitStatus> EngineProcess::finish() {
  channels_.clear();
  return child_ && child_->running() ? wait(kPatienceMilliseconds) : std::nullopt;
}

std::string this_program() {
  std::error_code error;
  const std::filesystem::path link = "/proc/self/exe";
  const auto program = std::filesystem::read_symlink(link, error);
  return !error && std::filesystem::exists(program, error) ? program.string() : link.string();
}

}  // namespace alinktf::predict
