// The part of Supervisor that ends tasks and judges how they ended.
#include "job/seconds.hpp"
#include "job/supervisor.hpp"
#include "log/log.hpp"
#include "process/process_table.hpp"
#include "process/sweep.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <csignal>
#include <cstring>

namespace alinktf::job {

namespace {

using Clock = std::chrono::steady_clock;

/// Ctrl-C reaches us from the terminal and again through the front: within this time it is one.
constexpr std::chrono::milliseconds kSameSignal{300};

/// An abort is how native code gives up, be it because a peer has gone.
Cause::Kind kind_of(const process::ExitStatus& status) {
  const bool killed = status.signal != 0 && status.signal != SIGABRT && status.signal != SIGTERM;
  return killed ? Cause::Kind::kKilled : Cause::Kind::kExited;
}

}  // namespace

// ---- the end of a task ----

void Supervisor::on_ended(worker::Task& task) {
  const std::size_t number = number_of(task);
  tasks_[number].ended = true;
  tasks_[number].times.ended = since_start(Clock::now());
  dump_->on_ended(number);
  judge_end(number);
  reap_strays();
  if (input_failed_) {
    start_grace();
    tell_of_ends();
  }
  if (!stopping_ && !workers_ended_ && all_data([](const TaskState& each) { return each.ended; })) {
    if (input_failed_) {
      begin_stop(std::nullopt);
    } else {
      on_workers_ended();
    }
  }
}

void Supervisor::judge_end(std::size_t number) {
  const TaskState& state = tasks_[number];
  if (state.stopped || state.failed) {
    return;
  }
  if (cannot_be_cause(state)) {
    if (!state.task->exit_status()->success()) {
      warn_of_late_failure(state, process::describe(*state.task->exit_status()));
    }
    return;
  }
  const auto failed = [&](std::string text) {
    Error error(ErrorCode::kWorker, std::move(text));
    if (never_spoke(state)) {
      error = not_python(plan_.interpreter, error.str());
    }
    // When it died, not when it could be reaped: others may have noticed in between.
    add_failure_of_task({.at = state.failing_at ? *state.failing_at : *death_of(state),
                         .error = std::move(error),
                         .task = number,
                         .kind = kind_of(*state.task->exit_status())},
                        std::nullopt);
  };
  const std::uint64_t received = state.task->counts().records_received;
  if (!state.task->exit_status()->success()) {
    failed(process::describe(*state.task->exit_status(), oom_kills_));
  } else if (!state.data) {
    if (!state.main_done) {
      log::message(log::Level::kWarn, state.name + " ended before the workers, with exit status 0");
    }
  } else if (never_spoke(state)) {
    failed("exit status 0");
  } else if (!state.main_done || !state.task->results_end()) {
    failed(
        "exit status 0 before main had returned: the process was ended from inside (os._exit?), "
        "so rows may be missing");
  } else if (*state.task->results_end() != received || state.written != received) {
    failed(fmt::format("it wrote {} rows but {} arrived", state.written, received));
  }
}

/// True if the program in `state` ended by itself before it said anything, as all of them might
/// have: mostly it is no Python, or a broken one.
bool Supervisor::never_spoke(const TaskState& state) const {
  return attempt_.number == 0 && state.task->exit_status()->signal == 0 &&
         std::none_of(tasks_.begin(), tasks_.end(), [](const auto& each) { return each.hello; });
}

/// The workers have ended: PS and others without data have nothing to do any more, evaluators may
/// look at the last checkpoint.
void Supervisor::on_workers_ended() {
  workers_ended_ = true;
  stop_others(/*evaluators=*/false);
  const auto evaluators = std::count_if(tasks_.begin(), tasks_.end(), [](const TaskState& state) {
    return !state.ended && state.task->id().role == cluster::Role::kEvaluator;
  });
  if (evaluators > 0) {
    log::message(log::Level::kInfo,
                 fmt::format("the workers have ended; evaluators get up to {} s more "
                             "(evaluatorTimeout)",
                             seconds(plan_.job.evaluator_timeout)));
    loop_.call_after(plan_.job.evaluator_timeout, [this] { stop_others(/*evaluators=*/true); });
  }
}

void Supervisor::stop_others(bool evaluators) {
  const auto each = [this, evaluators](auto&& act) {
    for (TaskState& state : tasks_) {
      const bool is_evaluator = state.task->id().role == cluster::Role::kEvaluator;
      if (!state.ended && is_evaluator == evaluators) {
        act(state);
      }
    }
  };
  each([this](TaskState& state) { stop_task(state); });
  loop_.call_after(plan_.job.grace_period,
                   [each] { each([](TaskState& state) { state.task->kill(); }); });
}

/// The work is done, so how an evaluator ends says nothing about it.
bool Supervisor::cannot_be_cause(const TaskState& state) const {
  return state.task->id().role == cluster::Role::kEvaluator &&
         all_data([](const TaskState& each) { return each.main_done || each.ended; });
}

void Supervisor::warn_of_late_failure(const TaskState& state, std::string_view what) {
  log::message(log::Level::kWarn,
               fmt::format("{} failed after the workers had ended: {}", state.name, what));
}

void Supervisor::reap_strays() const {
  process::reap_strays([this](pid_t pid) {
    return std::any_of(tasks_.begin(), tasks_.end(), [pid](const auto& state) {
      return !state.ended && state.task->pid() == pid;
    });
  });
}

/// A task that dies without a word (a signal, os._exit) is known to be dying by its own channel's
/// end, or by those who fail because of it and have looked. One that says it fails says so before
/// anybody could notice. So whom we have heard of by now was first, whatever the clocks say.
Cause::Clock::time_point Supervisor::after_silent_deaths(Cause::Clock::time_point at) const {
  for (const TaskState& state : tasks_) {
    const bool silent = !state.failing_at && !state.stopped &&
                        !(state.ended && state.task->exit_status()->success());
    const auto died_at = death_of(state);
    if (died_at && silent && at <= *died_at) {
      at = *died_at + Cause::Clock::duration(1);
    }
  }
  return at;
}

std::optional<Cause::Clock::time_point> Supervisor::death_of(const TaskState& state) {
  return state.dying_at ? state.dying_at : state.task->gone_at();
}

// ---- stopping ----

void Supervisor::on_signal(int signo) {
  switch (signo) {
    case SIGCHLD:
      return reap_strays();
    case SIGTSTP:
      return suspend();
    case SIGCONT:
      return;
    case SIGQUIT:
      return dump_->ask({});
    default:
      break;
  }
  if (takes_as_end(signo)) {
    return;
  }
  const auto now = Clock::now();
  if (stop_signal_ == 0) {
    stop_signal_ = signo;
    stop_signal_at_ = now;
    fail({ErrorCode::kCancelled, fmt::format("stopped by SIG{}", ::sigabbrev_np(signo))});
  } else if (now - stop_signal_at_ > kSameSignal) {
    kill_all();
  }
}

/// The first INT is the end of an input that has none of its own. A second one stops the job, and
/// now.
bool Supervisor::takes_as_end(int signo) {
  if (signo != SIGINT || !end_input_ || stopping_ || input_failed_) {
    return false;
  }
  const auto now = Clock::now();
  if (!input_ended_at_) {
    input_ended_at_ = now;
    log::message(log::Level::kInfo,
                 "SIGINT: the input ends here; the job ends with what it has read (once more: at "
                 "once)");
    end_input_();
    return true;
  }
  if (now - *input_ended_at_ > kSameSignal) {
    stop_signal_ = signo;
    stop_signal_at_ = *input_ended_at_;
    fail({ErrorCode::kCancelled, "stopped by a second SIGINT"});
    kill_all();
  }
  return true;
}

/// Ctrl-Z: the tasks have sessions of their own, so the terminal does not stop them; we do.
void Supervisor::suspend() {
  const auto before = Clock::now();
  const auto signal_tasks = [this](int signo) {
    for (const TaskState& state : tasks_) {
      if (!state.ended) {
        state.task->signal_group(signo);
      }
    }
  };
  signal_tasks(SIGSTOP);
  ::raise(SIGSTOP);  // returns when somebody continues us
  signal_tasks(SIGCONT);
  const auto pause = Clock::now() - before;
  loop_.shift_deadlines(pause);
  if (attempt_.deadline) {
    *attempt_.deadline += pause;
  }
}

void Supervisor::check(Result<void> result) {
  if (!result.ok()) {
    fail(std::move(result).error());
  }
}

void Supervisor::fail(Error error, std::optional<std::size_t> task) {
  causes_.add({.at = Clock::now(), .error = std::move(error), .task = task});
  begin_stop(std::nullopt);
}

/// Stops all others, unless the input failed before: then each ends by itself.
void Supervisor::add_failure_of_task(Cause cause, std::optional<std::size_t> ending_by_itself) {
  if (causes_.add(std::move(cause)) || !input_failed_) {
    begin_stop(ending_by_itself);
  }
}

/// The one way to stop: TERM and CONT to every task's group, grace, KILL. A task that said it
/// failed is ending by itself and gets only the KILL.
void Supervisor::begin_stop(std::optional<std::size_t> ending_by_itself) {
  if (stopping_) {
    return;
  }
  stopping_ = true;
  const auto now = Clock::now();
  causes_.stopping(now);
  for (TaskState& state : tasks_) {
    if (!state.ended && !death_of(state) && process::is_exiting(state.task->pid())) {
      state.dying_at = now - Clock::duration(1);
    }
  }
  pump_->close();
  for (std::size_t number = 0; number < tasks_.size(); ++number) {
    if (!tasks_[number].ended && number != ending_by_itself) {
      stop_task(tasks_[number]);
    }
  }
  loop_.call_after(plan_.job.grace_period, [this] { kill_all(); });
}

void Supervisor::stop_task(TaskState& state) {
  state.stopped = !death_of(state);  // else it is dying by itself
  state.task->send(worker::line_of("abort"));
  state.task->terminate();
}

void Supervisor::kill_all() {
  for (TaskState& state : tasks_) {
    if (!state.ended) {
      state.stopped = true;
      state.task->kill();
    }
  }
}

}  // namespace alinktf::job
