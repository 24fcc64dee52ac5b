#include "job/supervisor.hpp"

#include "log/log.hpp"
#include "process/sweep.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <csignal>
#include <cstring>

#include <sys/epoll.h>

namespace alinktf::job {

namespace {

using Clock = std::chrono::steady_clock;

/// For the tasks to answer with their stacks before a stalled job is stopped.
constexpr std::chrono::seconds kDumpTime{1};

double seconds(std::chrono::milliseconds time) {
  return std::chrono::duration<double>(time).count();
}

}  // namespace

Supervisor::Supervisor(const Plan& plan,
                       const RunOptions& options,
                       sys::EventLoop& loop,
                       const sys::Signals& signals)
    : plan_(plan), options_(options), loop_(loop), signals_(signals) {}

// ---- starting ----

Result<void> Supervisor::start_tasks(const Surroundings& surroundings, worker::WorkDir& work_dir) {
  std::vector<cluster::Member> members;
  for (const cluster::TaskId id : plan_.tasks) {
    ALINKTF_ASSIGN_OR_RETURN(auto port, cluster::HeldPort::take());
    members.push_back({.task = id, .address = fmt::format("127.0.0.1:{}", port.number())});
    ports_.push_back(std::move(port));
  }
  if (!plan_.job.hold_ports) {
    std::for_each(ports_.begin(), ports_.end(), [](auto& port) { port.release(); });
  }
  for (const cluster::TaskId id : plan_.tasks) {
    const std::string name = cluster::to_string(id);
    ALINKTF_ASSIGN_OR_RETURN(auto log,
                             TaskLog::open(name, options_.log_dir, options_.print_process_info));
    const bool data = cluster::gets_data(id.role) && (!plan_.job.data_to_chief || tasks_.empty());
    tasks_.push_back({.name = name, .data = data, .log = std::move(log), .task = {}});
  }
  for (std::size_t number = 0; number < tasks_.size(); ++number) {
    ALINKTF_TRY(start_task(number, members, surroundings, work_dir));
  }
  return {};
}

Result<void> Supervisor::start_task(std::size_t number,
                                    const std::vector<cluster::Member>& members,
                                    const Surroundings& surroundings,
                                    worker::WorkDir& work_dir) {
  TaskState& state = tasks_[number];
  const cluster::TaskId id = plan_.tasks[number];
  ALINKTF_ASSIGN_OR_RETURN(
      const std::string dir,
      work_dir.add_task(
          id, plan_.job.user_files, plan_.job.main_script_file, plan_.job.broadcast_inputs.size()));
  const auto assignment = make_assignment(plan_, number, members, dir);
  const worker::TaskLaunch launch{
      .id = id,
      .argv = {plan_.interpreter.path, work_dir.start_script()},
      .env = make_environment(plan_, surroundings.environment, assignment.tf_config)};
  ALINKTF_ASSIGN_OR_RETURN(state.task, worker::Task::start(loop_, *this, launch));
  state.times.started = since_start(Clock::now());
  state.task->send(worker::task_line(assignment));
  state.log.tell(
      fmt::format("pid {}: {}; work dir {}", state.task->pid(), fmt::join(launch.argv, " "), dir));
  state.log.tell("TF_CONFIG=" + assignment.tf_config);
  return {};
}

Result<void> Supervisor::supervise(Feed& feed, SinkStage& sink, std::function<void()> end_input) {
  end_input_ = std::move(end_input);
  pump_.emplace(tasks_,
                plan_.readers(),
                PumpOptions{.stream = plan_.is_stream(), .hold_chief = plan_.holds_chief()},
                feed,
                sink);
  const auto on_wake = [this] {
    if (!stopping_) {
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
  if (plan_.job.timeout) {
    loop_.call_after(*plan_.job.timeout, [this] {
      fail({ErrorCode::kTimeout,
            fmt::format("the job did not end within its timeout of {} s",
                        seconds(*plan_.job.timeout))});
    });
  }
  watch_for_stall();
}

void Supervisor::watch_for_stall() {
  const auto activity = [this] {
    std::uint64_t sum = 0;
    for (const TaskState& state : tasks_) {
      const auto& counts = state.task->counts();
      sum += counts.bytes_fed + counts.bytes_received + counts.bytes_logged;
      sum += state.data && !state.ended ? cpu_ticks(state.task->pid()) : 0;
    }
    return sum;
  };
  const auto stalled = [this] {
    send_all(worker::line_of("dump"), /*only_data=*/false);
    loop_.call_after(kDumpTime, [this] {
      fail({ErrorCode::kTimeout,
            fmt::format("nothing has happened for {} s (stallTimeout): no byte on any "
                        "descriptor and no CPU time used by any worker",
                        seconds(plan_.job.stall_timeout))});
    });
  };
  const auto warn = [this](std::chrono::seconds idle) {
    log::message(
        log::Level::kWarn,
        fmt::format("nothing has happened for {} s; what the tasks are doing:", idle.count()));
    send_all(worker::line_of("dump"), /*only_data=*/false);
  };
  stall_watch_.emplace(
      loop_,
      plan_.job.stall_timeout,
      StallWatch::Actions{.activity = activity,
                          .excused = [this] { return stopping_ || pump_->waits_for_source(); },
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
  } else if (message.type == "main_started") {
    tasks_[number].main_started = true;
    tasks_[number].times.main_started = since_start(Clock::now());
  } else if (message.type == "failed") {
    on_script_failed(number, message);
  } else if (message.type == "main_done") {
    tasks_[number].main_done = true;
    tasks_[number].times.main_done = since_start(Clock::now());
    tasks_[number].read = message.read;
    tasks_[number].written = message.written;
    on_main_done(number);
  } else if (message.type == "stacks") {
    log::raw_line(fmt::format("[{}] {}; rows in {}, rows out {}\n{}",
                              tasks_[number].name,
                              message.state,
                              task.counts().records_fed,
                              task.counts().records_received,
                              message.text));
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
    send_all(worker::line_of("go"), /*only_data=*/false);
  }
}

void Supervisor::on_script_failed(std::size_t number, const worker::Message& message) {
  tasks_[number].failed = true;
  const std::string what = message.exception.empty() ? message.message
                           : message.message.empty() ? message.exception
                                                     : message.exception + ": " + message.message;
  // Also of a task that we are stopping: it may have failed before, and its time says so.
  causes_.add({.at = message.at.value_or(Clock::now()),
               .error = Error(ErrorCode::kWorker,
                              fmt::format("script failed ({}): {}", message.stage, what)),
               .task = number,
               .traceback = message.traceback});
  begin_stop(number);
}

void Supervisor::on_main_done(std::size_t number) {
  if (!tasks_[number].data) {
    return;
  }
  const TaskState* const chief = tasks_.data();
  if (plan_.is_stream() && !stopping_) {
    check(pump_->on_wake());  // what it has not read is in nobody's way, and a held end may go
  }
  if (all_data([chief](const TaskState& each) { return each.main_done || &each == chief; })) {
    tasks_.front().task->send(worker::line_of("workers_done"));
  }
  if (all_data([](const TaskState& each) { return each.main_done; })) {
    send_all(worker::line_of("all_done"), /*only_data=*/true);
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
  tasks_[number_of(task)].log.add(line);
}

void Supervisor::on_protocol_error(worker::Task& task, const Error& error) {
  fail(error, number_of(task));
}

// ---- looking at it ----

ProgressFacts Supervisor::progress_facts() const {
  ProgressFacts facts;
  for (const TaskState& state : tasks_) {
    const worker::TaskCounts& counts = state.task->counts();
    facts.rows_in += counts.records_fed;
    facts.bytes_in += counts.bytes_fed;
    facts.rows_out += counts.records_received;
    facts.tasks.push_back({.name = state.name,
                           .state = state.ended          ? "ended"
                                    : state.main_done    ? "done"
                                    : state.main_started ? "running"
                                    : state.hello        ? "ready"
                                                         : "starting"});
  }
  return facts;
}

std::optional<Error> Supervisor::error() const {
  const auto& cause = causes_.first();
  if (!cause) {
    return std::nullopt;
  }
  if (!cause->task) {
    return cause->error;
  }
  const TaskState& state = tasks_[*cause->task];
  return tell(*cause,
              {.name = state.name,
               .pid = state.task->pid(),
               .rows_in = state.task->counts().records_fed,
               .rows_out = state.task->counts().records_received,
               .log = &state.log.tail()});
}

void Supervisor::add_counts(Counts& counts) const {
  for (const TaskState& state : tasks_) {
    if (state.data) {
      counts.received += plan_.is_stream() ? state.read : state.task->counts().records_fed;
      counts.unread += state.discarded;
      counts.written += state.task->counts().records_received;
    }
  }
}

std::vector<TaskReport> Supervisor::reports() const {
  std::vector<TaskReport> all;
  for (std::size_t number = 0; number < tasks_.size() && tasks_[number].task; ++number) {
    const TaskState& state = tasks_[number];
    TaskTimes times = state.times;
    if (const auto& first = state.task->first_fed_at()) {
      times.first_record = since_start(*first);
    }
    all.push_back({.id = plan_.tasks[number],
                   .pid = state.task->pid(),
                   .times = times,
                   .counts = state.task->counts(),
                   .exit_status = state.task->exit_status(),
                   .stopped = state.stopped});
  }
  return all;
}

std::chrono::milliseconds Supervisor::since_start(Clock::time_point time) const {
  return std::chrono::duration_cast<std::chrono::milliseconds>(time - began_);
}

void Supervisor::send_all(std::string_view line, bool only_data) {
  for (TaskState& state : tasks_) {
    if (!state.ended && (state.data || !only_data)) {
      state.task->send(line);
    }
  }
}

std::size_t Supervisor::number_of(const worker::Task& task) const {
  const auto found = std::find(plan_.tasks.begin(), plan_.tasks.end(), task.id());
  return static_cast<std::size_t>(found - plan_.tasks.begin());
}

}  // namespace alinktf::job
