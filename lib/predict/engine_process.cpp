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
  use_->asked_at = ChannelUse::Clock::now();
  ++use_->questions;
  use_->bytes_in += message.size();
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
  use_->bytes_out += body.size();
  use_->busy = use_->busy.load() + (ChannelUse::Clock::now() - use_->asked_at.load());
  ++use_->answers;
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

void EngineChannel::begin_batch(std::uint64_t first_row, std::uint64_t last_row) {
  use_->first_row = first_row;
  use_->last_row = last_row;
}

void EngineChannel::end_batch(std::uint64_t rows) {
  use_->rows += rows;
  ++use_->batches;
  use_->first_row = 0;
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
  engine->pid_ = engine->child_->pid();
  log.write = sys::Fd();
  engine->log_ = std::make_unique<Log>(std::move(log.read), options.on_line);
  ALINKTF_TRY(engine->log_->start());
  return engine;
}

EngineProcess::~EngineProcess() {
  kill();
}

void EngineProcess::kill() {
  if (child_ && child_->running()) {
    killed_ = true;
    child_->kill();
    wait(kPatienceMilliseconds);
  }
  child_.reset();
  log_.reset();
}

/// Notes how it ended, if it does within `milliseconds`.
void EngineProcess::wait(int milliseconds) {
  pollfd pidfd{.fd = child_->pidfd(), .events = POLLIN, .revents = 0};
  static_cast<void>(::poll(&pidfd, 1, milliseconds));
  auto reaped = child_->try_reap();
  if (reaped.ok() && reaped.value()) {
    status_ = reaped.value();
    ended_ = ChannelUse::Clock::now();
  }
}

bool EngineProcess::gone() const {
  pollfd pidfd{.fd = child_ ? child_->pidfd() : -1, .events = POLLIN, .revents = 0};
  return ::poll(&pidfd, 1, 0) == 1 ||
         std::any_of(channels_.begin(), channels_.end(), [](const EngineChannel& channel) {
           return channel.gone();
         });
}

std::string EngineProcess::describe_end() {
  if (!status_) {
    wait(kPatienceMilliseconds);
  }
  if (!status_) {
    child_->kill();
    wait(kPatienceMilliseconds);
  }
  child_.reset();
  const std::string how = status_ ? process::describe(*status_) : "it does not answer";
  const std::string lines = log_->last_lines();
  return fmt::format("the prediction engine (pid {}) ended: {}{}{}",
                     pid_,
                     how,
                     lines.empty() ? "" : "; its last lines:",
                     lines);
}

void EngineProcess::finish() {
  for (const EngineChannel& channel : channels_) {
    channel.shut_down();
  }
  if (child_ && child_->running()) {
    wait(kPatienceMilliseconds);
  }
  kill();
}

EngineUse EngineProcess::use() const {
  EngineUse sum{.pid = pid_,
                .started = started_,
                .ready = {},
                .ended = ended_,
                .exit_status = status_,
                .killed = killed_};
  if (const auto ready = ready_.load(); ready != ChannelUse::Clock::time_point()) {
    sum.ready = ready;
  }
  for (const EngineChannel& channel : channels_) {
    const ChannelUse& use = channel.use();
    sum.batches += use.batches;
    sum.rows += use.rows;
    sum.bytes_in += use.bytes_in;
    sum.bytes_out += use.bytes_out;
    sum.busy += use.busy.load();
  }
  return sum;
}

std::string EngineProcess::waits_for() const {
  std::string text;
  for (const EngineChannel& channel : channels_) {
    const ChannelUse& use = channel.use();
    if (use.questions == use.answers) {
      continue;
    }
    const std::uint64_t first = use.first_row;
    const std::uint64_t last = use.last_row;
    text += fmt::format(
        "{}{} for {:.1f} s",
        text.empty() ? "" : ", ",
        first == 0      ? std::string("the model to load")
        : first == last ? fmt::format("row {}", first)
                        : fmt::format("rows {} to {}", first, last),
        std::chrono::duration<double>(ChannelUse::Clock::now() - use.asked_at.load()).count());
  }
  return text;
}

std::string this_program() {
  std::error_code error;
  const std::filesystem::path link = "/proc/self/exe";
  const auto program = std::filesystem::read_symlink(link, error);
  return !error && std::filesystem::exists(program, error) ? program.string() : link.string();
}

}  // namespace alinktf::predict
