// The job's end of a prediction engine.
#pragma once

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "process/child.hpp"
#include "sys/fd.hpp"
#include "tensorflow/message.hpp"

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace alinktf::predict {

/// What has gone through a channel so far. One thread counts, any may look.
struct ChannelUse {
  using Clock = std::chrono::steady_clock;

  std::atomic<std::uint64_t> questions = 0;
  std::atomic<std::uint64_t> answers = 0;
  std::atomic<std::uint64_t> bytes_in = 0;  ///< of the engine: what it was asked
  std::atomic<std::uint64_t> bytes_out = 0;
  std::atomic<std::uint64_t> batches = 0;    ///< that were scored
  std::atomic<std::uint64_t> rows = 0;       ///< of these
  std::atomic<std::uint64_t> first_row = 0;  ///< of the batch at hand, from 1; 0: there is none
  std::atomic<std::uint64_t> last_row = 0;
  std::atomic<Clock::time_point> asked_at = Clock::time_point();
  std::atomic<Clock::duration> busy = Clock::duration(0);  ///< time that answers took, in all
};

/// One channel of an engine: a question, then its answer. One thread at a time.
class EngineChannel {
 public:
  /// What receive() says of an engine that has gone.
  static constexpr std::string_view kGone = "the prediction engine has ended";

  /// `spin`: see tensorflow::receive_message().
  EngineChannel(sys::Fd socket, std::chrono::microseconds spin)
      : socket_(std::move(socket)), spin_(spin), use_(std::make_unique<ChannelUse>()) {}

  /// Send `message`, begun with tensorflow::start_message(). kWorker if the engine has gone.
  Result<void> send(tensorflow::MessageKind kind, std::uint32_t number, Buffer& message);
  /// Wait for the answer; its body goes to `body`. The error that the engine tells, or kWorker if
  /// it has gone; gone() is true then.
  Result<std::uint32_t> receive(Buffer& body);
  /// Both.
  Result<std::uint32_t> ask(tensorflow::MessageKind kind,
                            std::uint32_t number,
                            Buffer& message,
                            Buffer& body);

  [[nodiscard]] bool gone() const { return gone_; }
  /// End a receive() that waits, from another thread: the engine seems to have gone.
  void shut_down() const;

  /// Say which rows the next questions are of, and when `rows` of them have been scored.
  void begin_batch(std::uint64_t first_row, std::uint64_t last_row);
  void end_batch(std::uint64_t rows);
  [[nodiscard]] const ChannelUse& use() const { return *use_; }

 private:
  sys::Fd socket_;
  std::chrono::microseconds spin_;
  std::unique_ptr<ChannelUse> use_;  ///< stays where it is
  bool gone_ = false;
};

struct EngineOptions {
  std::string program;                   ///< this program's file
  std::vector<std::string> environment;  ///< as NAME=value
  int channels = 1;
  bool prompt = false;  ///< answers soon count more than CPU time
  /// Gets each line that the engine or TensorFlow prints, in another thread; may be empty.
  std::function<void(const std::string&)> on_line;
};

/// What an engine has done and used.
struct EngineUse {
  using Clock = ChannelUse::Clock;

  pid_t pid = 0;
  Clock::time_point started;
  std::optional<Clock::time_point> ready;  ///< its model was loaded
  std::optional<Clock::time_point> ended;
  std::uint64_t batches = 0;
  std::uint64_t rows = 0;
  std::uint64_t bytes_in = 0;
  std::uint64_t bytes_out = 0;
  std::chrono::duration<double> busy{0};  ///< of all its channels
  std::optional<process::ExitStatus> exit_status;
  bool killed = false;  ///< by us
};

/// A child that runs `PROGRAM engine CHANNELS`. Killed with its owner. Main thread only, but for
/// its channels.
class EngineProcess {
 public:
  static Result<std::unique_ptr<EngineProcess>> start(const EngineOptions& options);

  EngineProcess(const EngineProcess&) = delete;
  EngineProcess& operator=(const EngineProcess&) = delete;
  EngineProcess(EngineProcess&&) = delete;
  EngineProcess& operator=(EngineProcess&&) = delete;
  ~EngineProcess();

  [[nodiscard]] std::vector<EngineChannel>& channels() { return channels_; }
  [[nodiscard]] pid_t pid() const { return pid_; }
  [[nodiscard]] int pidfd() const { return child_->pidfd(); }
  /// Its model is loaded; any thread.
  void set_ready() { ready_ = ChannelUse::Clock::now(); }
  /// So far, or in all.
  [[nodiscard]] EngineUse use() const;
  /// What it was asked and has not answered, for people: "rows 1 to 8 for 12 s"; empty if nothing.
  [[nodiscard]] std::string waits_for() const;

  /// It has ended, or a channel says so.
  [[nodiscard]] bool gone() const;

  /// Once a channel is gone: how the process ended and what it printed last. Waits a moment for
  /// it, then kills it.
  std::string describe_end();

  /// End all channels and wait until the process has ended. Kills it after a moment.
  void finish();

  /// Kill it now, and wait for its end.
  void kill();

 private:
  class Log;

  EngineProcess();
  void wait(int milliseconds);

  std::vector<EngineChannel> channels_;
  std::unique_ptr<Log> log_;
  std::optional<process::Child> child_;
  pid_t pid_ = 0;
  ChannelUse::Clock::time_point started_ = ChannelUse::Clock::now();
  std::atomic<ChannelUse::Clock::time_point> ready_ = ChannelUse::Clock::time_point();  ///< or none
  std::optional<ChannelUse::Clock::time_point> ended_;
  std::optional<process::ExitStatus> status_;
  bool killed_ = false;
};

/// The file of the running program.
std::string this_program();

}  // namespace alinktf::predict
