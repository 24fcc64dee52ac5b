// The job's end of a prediction engine.
#pragma once

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "process/child.hpp"
#include "sys/fd.hpp"
#include "tensorflow/message.hpp"

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace alinktf::predict {

/// One channel of an engine: a question, then its answer. One thread at a time.
class EngineChannel {
 public:
  /// What receive() says of an engine that has gone.
  static constexpr std::string_view kGone = "the prediction engine has ended";

  /// `spin`: see tensorflow::receive_message().
  EngineChannel(sys::Fd socket, std::chrono::microseconds spin)
      : socket_(std::move(socket)), spin_(spin) {}

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

 private:
  sys::Fd socket_;
  std::chrono::microseconds spin_;
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
  [[nodiscard]] pid_t pid() const { return child_->pid(); }
  [[nodiscard]] int pidfd() const { return child_->pidfd(); }

  /// It has ended, or a channel says so.
  [[nodiscard]] bool gone() const;

  /// Once a channel is gone: how the process ended and what it printed last. Waits a moment for
  /// it, then kills it.
  std::string describe_end();

  /// Close the channels and wait until the process has ended: what it used. Kills it after a
  /// moment.
  std::optional<process::ExitStatus> finish();

  /// Kill it now.
  void kill();

 private:
  class Log;

  EngineProcess();
  std::optional<process::ExitStatus> wait(int milliseconds);

  std::vector<EngineChannel> channels_;
  std::unique_ptr<Log> log_;
  std::optional<process::Child> child_;
};

/// The file of the running program.
std::string this_program();

}  // namespace alinktf::predict
