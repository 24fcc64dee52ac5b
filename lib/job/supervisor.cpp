#include "job/supervisor.hpp"

#include "job/early_stop.hpp"
#include "job/seconds.hpp"
#include "log/log.hpp"

#include <fmt/format.h>

#include <algorithm>

#include <sys/epoll.h>

namespace alinktf::job {

namespace {

using Clock = std::chrono::steady_clock;

/// For a script to read the rows before the place where its input has failed.
constexpr std::chrono::minutes kReadingTime{1};

}  // namespace

Supervisor::Supervisor(const Plan& plan,
                       const RunOptions& options,
                       sys::EventLoop& loop,
                       const sys::Signals& signals,
                       const AttemptStart& attempt)
    : plan_(plan),
      options_(options),
      loop_(loop),
      signals_(signals),
      attempt_(attempt),
      input_share_(options.progress ? std::optional(InputShare(plan.job)) : std::nullopt) {}

Result<void> Supervisor::supervise(Feed& feed, SinkStage& sink, std::function<void()> end_input) {
  end_input_ = std::move(end_input);
  pump_.emplace(tasks_,
                plan_.readers(),
                PumpOptions{.stream = plan_.is_stream(), .hold_chief = plan_.holds_chief()},
                feed,
                sink);
  std::vector<std::uint16_t> ports;
  std::transform(ports_.begin(), ports_.end(), std::back_inserter(ports), [](const auto& port) {
    return port.number();
  });
  dump_.emplace(loop_, tasks_, std::move(ports));
  const auto on_wake = [this] {
    if (!stopping_) {
      if (auto error = pump_->input_error(); error && !input_failed_) {
        on_input_failed(*std::move(error));
      }
      check(pump_->on_wake());
    }
  };
  loop_.on_wake(on_wake);
  ALINKTF_TRY(loop_.watch(signals_.fd(), EPOLLIN, [this](std::uint32_t) {
    while (const auto signo = signals_.next()) {
      on_signal(*signo);
    }
  }));
  set_deadlines();
  if (options_.progress) {
    progress_.emplace(loop_, [this] { return progress_facts(); });
  }
  on_wake();  // the source may have ended before anybody listened
  auto served = loop_.run([this] {
    return std::all_of(tasks_.begin(), tasks_.end(), [](const auto& state) { return state.ended; });
  });
  loop_.forget(signals_.fd());
  loop_.on_wake({});
  progress_.reset();
  for (const TaskState& state : tasks_) {
    state.log.tell(fmt::format("rows in {}, rows out {}, {}",
                               state.task->counts().records_fed,
                               state.task->counts().records_received,
                               process::describe(*state.task->exit_status())));
  }
  return served;
}

void Supervisor::set_deadlines() {
  if (attempt_.deadline) {
    const auto left =
        std::chrono::ceil<std::chrono::milliseconds>(*attempt_.deadline - Clock::now());
    loop_.call_after(std::max(left, std::chrono::milliseconds(0)),
                     [this] { time_out(timed_out(*plan_.job.timeout)); });
  }
  watch_for_stall();
}

/// Time is over: this is the cause, but the tasks are only stopped when they have shown where they
/// are.
void Supervisor::time_out(Error error) {
  causes_.add({.at = Clock::now(), .error = std::move(error), .task = {}});
  dump_->ask([this] { begin_stop(std::nullopt); });
}

void Supervisor::watch_for_stall() {
  const auto activity = [this] {
    std::uint64_t sum = 0;
    for (std::size_t number = 0; number < tasks_.size(); ++number) {
      TaskState& state = tasks_[number];
      const auto& counts = state.task->counts();
      sum += counts.bytes_fed + counts.bytes_received + counts.bytes_logged;
      if (state.data && !state.ended) {
        sum += state.cpu.look(cpu_ticks(state.task->pid()), dump_->is_silent(number), Clock::now());
      }
    }
    return sum;
  };
  const auto stalled = [this] {
    time_out({ErrorCode::kTimeout,
              fmt::format("nothing has happened for {} s (stallTimeout): no byte on any descriptor "
                          "and no CPU time used by any worker",
                          seconds(plan_.job.stall_timeout))});
  };
  const auto warn = [this](std::chrono::milliseconds idle) {
    log::message(
        log::Level::kWarn,
        fmt::format("nothing has happened for {} s; what the tasks are doing:", seconds(idle)));
    dump_->ask({});
  };
  stall_watch_.emplace(loop_,
                       plan_.job.stall_timeout,
                       StallWatch::Actions{.activity = activity,
                                           .excused =
                                               [this] {
                                                 return stopping_ || input_failed_ ||
                                                        workers_ended_ || pump_->waits_for_source();
                                               },
                                           .asked = [this] { return dump_->take_recent(); },
                                           .warn = warn,
                                           .stalled = stalled});
}

// ---- what tasks say ----

void Supervisor::on_message(worker::Task& task, const worker::Message& message) {
  const std::size_t number = number_of(task);
  if (message.type == "hello") {
    on_hello(number, message);
  } else if (message.type == "open") {
    auto opened = pump_->open(
        number, {.columns = message.format == "columns", .batch_rows = message.batch_rows});
    if (!opened.ok()) {
      fail(std::move(opened).error(), number);
    }
  } else if (message.type == "input_failed") {
    start_grace();
  } else if (message.type == "main_started") {
    tasks_[number].main_started = true;
    tasks_[number].times.main_started = since_start(Clock::now());
  } else if (message.type == "failing") {
    on_failing(number, message);
  } else if (message.type == "failed") {
    on_script_failed(number, message);
  } else if (message.type == "main_done") {
    tasks_[number].main_done = true;
    tasks_[number].times.main_done = since_start(Clock::now());
    tasks_[number].read = message.read;
    tasks_[number].written = message.written;
    on_main_done(number);
  } else if (message.type == "stacks") {
    dump_->on_stacks(number, message);
  }
}

void Supervisor::on_hello(std::size_t number, const worker::Message& message) {
  TaskState& state = tasks_[number];
  state.hello = true;
  state.times.hello = since_start(Clock::now());
  log::message(log::Level::kDebug,
               fmt::format("{} is ready pid={} python={} tensorflow={}",
                           state.name,
                           state.task->pid(),
                           message.python,
                           message.tensorflow.value_or("none")));
  if (stopping_) {
    return;
  }
  check(check_tensorflow(plan_.job.component, message.tensorflow));
  if (!stopping_) {
    check(pump_->feed(number));
  }
  const bool all =
      std::all_of(tasks_.begin(), tasks_.end(), [](const auto& each) { return each.hello; });
  if (all && !went_ && !stopping_) {
    went_ = true;
    std::vector<int> pids;
    std::transform(tasks_.begin(), tasks_.end(), std::back_inserter(pids), [](const auto& each) {
      return each.task->pid();
    });
    send_all(worker::go_line(pids), Roles::kAll);
  }
}

void Supervisor::on_failing(std::size_t number, const worker::Message& message) {
  const auto at = message.at.value_or(Clock::now());
  for (TaskState& state : tasks_) {
    const auto& gone = message.gone;
    if (std::find(gone.begin(), gone.end(), state.task->pid()) != gone.end() && !death_of(state)) {
      state.dying_at = at;
    }
  }
  tasks_[number].failing_at = after_silent_deaths(at);
}

void Supervisor::on_script_failed(std::size_t number, const worker::Message& message) {
  tasks_[number].failed = true;
  const std::string what = message.exception.empty() ? message.message
                           : message.message.empty() ? message.exception
                                                     : message.exception + ": " + message.message;
  if (cannot_be_cause(tasks_[number])) {
    warn_of_late_failure(tasks_[number], what);
    return;
  }
  // Nothing of the script's runs while a task takes in its rows: the machine refused.
  Error error(message.stage == "feed" ? ErrorCode::kInternal : ErrorCode::kWorker,
              fmt::format("script failed ({}): {}", message.stage, what));
  if (message.exception == "ModuleNotFoundError" &&
      message.message == "No module named 'tensorflow'") {
    error = tensorflow_missing(plan_.interpreter, error.str());
  }
  // Also of a task that we are stopping: it may have failed before, and its time says so.
  add_failure_of_task({.at = tasks_[number].failing_at.value_or(Clock::now()),
                       .error = std::move(error),
                       .task = number,
                       .traceback = message.traceback,
                       .permanent = message.stage == "compile"},
                      number);
  if (input_failed_) {
    start_grace();
    tell_of_ends();
  }
}

void Supervisor::on_main_done(std::size_t number) {
  if (!tasks_[number].data) {
    return;
  }
  if (plan_.is_stream() && !stopping_) {
    check(pump_->on_wake());  // what it has not read is in nobody's way, and a held end may go
  }
  tell_of_ends();
}

/// Let those go on that wait for others which have come to their end.
void Supervisor::tell_of_ends() {
  const TaskState* const chief = tasks_.data();
  if (all_data([&](const TaskState& each) { return is_over(each) || &each == chief; })) {
    tasks_.front().task->send(worker::line_of("workers_done"));
  }
  if (all_data([this](const TaskState& each) { return is_over(each); })) {
    send_all(worker::line_of("all_done"), Roles::kNotPs);
  }
}

/// Nobody need wait for it any more. One that has failed stops all others, but not where the input
/// has failed it.
bool Supervisor::is_over(const TaskState& state) const {
  return state.main_done || (input_failed_ && (state.failed || state.ended));
}

/// This is the cause, whatever becomes of the scripts. They may still read the rows before, write,
/// and end as they like.
void Supervisor::on_input_failed(Error error) {
  input_failed_ = true;
  const auto now = Clock::now();
  causes_.add({.at = now, .error = std::move(error), .task = {}});
  causes_.stopping(now);
  pump_->tell_input_error();
  loop_.call_after(kReadingTime, [this] { begin_stop(std::nullopt); });
}

/// A script knows of it, or has ended: nobody has longer than the grace period from now on.
void Supervisor::start_grace() {
  if (input_failed_ && !grace_began_) {
    grace_began_ = true;
    loop_.call_after(plan_.job.grace_period, [this] { begin_stop(std::nullopt); });
  }
}

void Supervisor::on_results(worker::Task& task,
                            const chunk::Header& header,
                            std::string_view payload) {
  if (!stopping_) {
    const std::size_t number = number_of(task);
    auto taken = pump_->take_results(number, header, payload);
    if (!taken.ok()) {
      fail(std::move(taken).error(), number);
    }
  }
}

void Supervisor::on_hungry(worker::Task& task) {
  if (!stopping_) {
    check(pump_->feed(number_of(task)));
  }
}

void Supervisor::on_log_line(worker::Task& task,
                             worker::LogStream /*stream*/,
                             std::string_view line) {
  const std::size_t number = number_of(task);
  tasks_[number].log.add(line);
  dump_->on_log_line(number, line, options_.print_process_info);
}

void Supervisor::on_protocol_error(worker::Task& task, const Error& error) {
  const std::size_t number = number_of(task);
  if (cannot_be_cause(tasks_[number])) {
    warn_of_late_failure(tasks_[number], error.str());
  } else {
    fail(error, number);
  }
}

// ---- talking to them ----

void Supervisor::send_all(std::string_view line, Roles roles) {
  for (TaskState& state : tasks_) {
    const bool is_ps = state.task->id().role == cluster::Role::kPs;
    if (!state.ended && (roles == Roles::kAll || !is_ps)) {
      state.task->send(line);
    }
  }
}

std::size_t Supervisor::number_of(const worker::Task& task) const {
  const auto found = std::find(plan_.tasks.begin(), plan_.tasks.end(), task.id());
  return static_cast<std::size_t>(found - plan_.tasks.begin());
}

}  // namespace alinktf::job
