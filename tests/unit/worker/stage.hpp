// A shell script in the place of a Python task.
#pragma once

#include "unit/result.hpp"
#include "worker/task.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace alinktf::worker {

using Texts = std::vector<std::string>;

/// A shell script as a task, and all that it tells.
class Stage final : public TaskObserver {
 public:
  explicit Stage(const std::string& script) : loop_(take(sys::EventLoop::create())) {
    std::signal(SIGPIPE, SIG_IGN);  // NOLINT(cert-err33-c): cannot fail for a valid signal
    task_ = take(
        Task::start(*loop_,
                    *this,
                    {.id = {}, .argv = {"/bin/sh", "-c", script}, .env = {"PATH=/usr/bin:/bin"}}));
  }

  [[nodiscard]] Task& task() { return *task_; }
  sys::EventLoop& loop() { return *loop_; }
  void drop_task() { task_.reset(); }

  template <typename Condition>
  void run_until(Condition condition) {
    bool late = false;
    const auto deadline = loop_->call_after(std::chrono::seconds(20), [&late] { late = true; });
    take(loop_->run([&] { return late || condition(); }));
    loop_->cancel(deadline);
    REQUIRE_FALSE(late);
  }
  void run_to_end() {
    run_until([this] { return ended; });
  }
  /// Run until the task has said `type`.
  void run_until_message(const std::string& type) {
    run_until([&] { return std::find(messages.begin(), messages.end(), type) != messages.end(); });
  }

  Texts messages;  ///< their types
  Texts results;   ///< their payloads
  Texts out;
  Texts err;
  Texts protocol_errors;
  int hungry = 0;
  bool ended = false;
  bool anything_after_end = false;
  std::function<void()> on_hunger = [] {};

 private:
  void on_message(Task& /*task*/, const Message& message) override {
    note();
    messages.push_back(message.type);
  }
  void on_results(Task& /*task*/,
                  const chunk::Header& /*header*/,
                  std::string_view payload) override {
    note();
    results.emplace_back(payload);
  }
  void on_hungry(Task& /*task*/) override {
    note();
    ++hungry;
    on_hunger();
  }
  void on_log_line(Task& /*task*/, LogStream stream, std::string_view line) override {
    note();
    (stream == LogStream::kStdout ? out : err).emplace_back(line);
  }
  void on_protocol_error(Task& /*task*/, const Error& error) override {
    note();
    protocol_errors.push_back(error.str());
  }
  void on_ended(Task& /*task*/) override {
    note();
    ended = true;
  }
  void note() { anything_after_end = anything_after_end || ended; }

  std::unique_ptr<sys::EventLoop> loop_;
  std::unique_ptr<Task> task_;
};

}  // namespace alinktf::worker
