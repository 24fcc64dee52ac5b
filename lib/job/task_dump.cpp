#include "job/task_dump.hpp"

#include "cluster/listening_ports.hpp"
#include "job/kernel_state.hpp"
#include "log/log.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <csignal>
#include <utility>

namespace alinktf::job {

namespace {

/// For an answer on the control channel, and then for one to the signal.
constexpr std::chrono::seconds kAnswerTime{1};
/// The runtime has a handler for it that writes the stacks; without one it does nothing.
constexpr int kStacksSignal = SIGURG;

}  // namespace

void TaskDump::ask(std::function<void()> done) {
  if (done) {
    done_.push_back(std::move(done));
  }
  if (under_way_) {
    return;
  }
  under_way_ = true;
  recent_ = true;
  for (std::size_t number = 0; number < tasks_.size(); ++number) {
    TaskState& state = tasks_[number];
    asked_[number] = Asked::kNo;
    if (state.ended) {
      continue;
    }
    if (state.hello) {
      asked_[number] = Asked::kByMessage;
      state.task->send(worker::line_of("dump"));
    } else {
      log::raw_line(describe(number,
                             fmt::format("starting Python, has not looked at its script yet ({})",
                                         kernel_state(state.task->pid()))));
    }
  }
  timer_ = loop_.call_after(kAnswerTime, [this] { ask_again(); });
  finish_if_all_answered();
}

void TaskDump::on_stacks(std::size_t number, const worker::Message& message) {
  log::raw_line(describe(number, message.state) + "\n" + message.text);
  asked_[number] = Asked::kNo;
  silent_[number] = false;
  recent_ = true;
  finish_if_all_answered();
}

void TaskDump::on_log_line(std::size_t number, std::string_view line, bool is_shown) {
  if (asked_[number] == Asked::kBySignal || asked_[number] == Asked::kAnswers) {
    asked_[number] = Asked::kAnswers;
    if (!is_shown) {
      log::raw_line(tasks_[number].name, line);
    }
  }
}

void TaskDump::on_ended(std::size_t number) {
  asked_[number] = Asked::kNo;
  finish_if_all_answered();
}

void TaskDump::ask_again() {
  for (std::size_t number = 0; number < tasks_.size(); ++number) {
    if (asked_[number] == Asked::kByMessage) {
      asked_[number] = Asked::kBySignal;
      silent_[number] = true;
      log::raw_line(describe(
          number,
          fmt::format("does not answer, so its stacks come by its log: native code holds Python's "
                      "lock, or it is stopped ({})",
                      kernel_state(tasks_[number].task->pid()))));
      ::kill(tasks_[number].task->pid(), kStacksSignal);
    }
  }
  timer_ = loop_.call_after(kAnswerTime, [this] { give_up(); });
}

void TaskDump::give_up() {
  for (std::size_t number = 0; number < tasks_.size(); ++number) {
    if (asked_[number] == Asked::kBySignal) {
      log::raw_line(fmt::format("[{}] did not answer to a signal either: {}",
                                tasks_[number].name,
                                kernel_state(tasks_[number].task->pid())));
    }
    asked_[number] = Asked::kNo;
  }
  finish_if_all_answered();
}

void TaskDump::finish_if_all_answered() {
  const bool all =
      std::all_of(asked_.begin(), asked_.end(), [](Asked asked) { return asked == Asked::kNo; });
  if (!under_way_ || !all) {
    return;
  }
  under_way_ = false;
  loop_.cancel(timer_);
  for (const auto& done : std::exchange(done_, {})) {
    done();
  }
}

std::string TaskDump::describe(std::size_t number, std::string_view state) const {
  const TaskState& task = tasks_[number];
  return fmt::format("[{}] {}{}; rows in {}, rows out {}",
                     task.name,
                     state,
                     describe_ports(number),
                     task.task->counts().records_fed,
                     task.task->counts().records_received);
}

/// Of a task in main: whether others can reach it, and whom it may be waiting for.
std::string TaskDump::describe_ports(std::size_t number) const {
  if (ports_.size() < 2 || !tasks_[number].main_started || tasks_[number].main_done) {
    return {};
  }
  const auto open = cluster::listening_ports();
  std::string text;
  if (number < ports_.size()) {
    text = fmt::format("; its port {} is {}",
                       ports_[number],
                       open.count(ports_[number]) != 0 ? "open" : "not open yet");
  }
  std::string peers;
  for (std::size_t i = 0; i < ports_.size(); ++i) {
    if (i != number && open.count(ports_[i]) == 0) {
      peers += (peers.empty() ? "" : ", ") + tasks_[i].name;
    }
  }
  return peers.empty()
             ? text
             : fmt::format(
                   "{}; if it waits for a peer: not open yet is the port of {}", text, peers);
}

}  // namespace alinktf::job
