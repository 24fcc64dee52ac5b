#include "job/supervisor.hpp"

#include "log/log.hpp"
#include "process/sweep.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <csignal>
#include <cstdio>

#include <fcntl.h>
#include <sys/epoll.h>

namespace alinktf::job {

namespace {

using Clock = std::chrono::steady_clock;

/// Ctrl-C reaches us from the terminal and again through the front: within this time it is one.
constexpr std::chrono::milliseconds kSameSignal{300};

void print_line(const std::string& line) {
  const std::string whole = line + "\n";
  std::fwrite(whole.data(), 1, whole.size(), stderr);
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
  tasks_.resize(plan_.tasks.size());
  for (std::size_t number = 0; number < tasks_.size(); ++number) {
    TaskState& state = tasks_[number];
    const cluster::TaskId id = plan_.tasks[number];
    state.name = cluster::to_string(id);
    ALINKTF_TRY(open_log(state));
    ALINKTF_ASSIGN_OR_RETURN(
        const std::string dir,
        work_dir.add_task(id, plan_.job.user_files, plan_.job.main_script_file));
    const auto assignment = make_assignment(plan_, number, members, dir);
    const worker::TaskLaunch launch{
        .id = id,
        .argv = {plan_.interpreter.path, work_dir.start_script()},
        .env = make_environment(plan_, surroundings.environment, assignment.tf_config)};
    ALINKTF_ASSIGN_OR_RETURN(state.task, worker::Task::start(loop_, *this, launch));
    state.task->send(worker::task_line(assignment));
    if (options_.print_process_info) {
      print_line(fmt::format("[{}] pid {}: {} {}; work dir {}",
                             state.name,
                             state.task->pid(),
                             launch.argv[0],
                             launch.argv[1],
                             dir));
      print_line(fmt::format("[{}] TF_CONFIG={}", state.name, assignment.tf_config));
    }
  }
  return {};
}

Result<void> Supervisor::open_log(TaskState& state) const {
  if (options_.log_dir.empty()) {
    return {};
  }
  std::string name = state.name;
  std::replace(name.begin(), name.end(), ':', '-');
  auto file = sys::Fd::open(fmt::format("{}/{}.log", options_.log_dir, name),
                            O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC,
                            0644);
  ALINKTF_ASSIGN_OR_RETURN(state.log_file, std::move(file).context([] { return "--log-dir"; }));
  return {};
}

Result<void> Supervisor::supervise(Feed& feed, SinkStage& sink) {
  feed_ = &feed;
  sink_ = &sink;
  loop_.on_wake([this] { on_wake(); });
  ALINKTF_TRY(loop_.watch(signals_.fd(), EPOLLIN, [this](std::uint32_t) {
    while (const auto signo = signals_.next()) {
      on_signal(*signo);
    }
  }));
  if (plan_.job.timeout) {
    loop_.call_after(*plan_.job.timeout, [this] {
      fail(
          {.at = Clock::now(),
           .error = Error(ErrorCode::kTimeout,
                          fmt::format("the job did not end within its timeout of {} s",
                                      std::chrono::duration<double>(*plan_.job.timeout).count()))});
    });
  }
  on_wake();  // the source may have ended before anybody listened
  auto served = loop_.run([this] { return all_ended(); });
  loop_.forget(signals_.fd());
  loop_.on_wake({});
  return served;
}

// ---- what tasks say ----

void Supervisor::on_message(worker::Task& task, const worker::Message& message) {
  const std::size_t number = number_of(task);
  if (message.type == "hello") {
    on_hello(number, message);
  } else if (message.type == "failed") {
    on_script_failed(number, message);
  } else if (message.type == "main_done") {
    on_main_done(number, message);
  } else if (message.type == "stacks") {
    print_line(fmt::format("[{}] {}\n{}", tasks_[number].name, message.state, message.text));
  }
}

void Supervisor::on_hello(std::size_t number, const worker::Message& message) {
  TaskState& state = tasks_[number];
  state.hello = true;
  log::message(log::Level::kDebug,
               fmt::format("{} ready pid={} python={} tensorflow={}",
                           state.name,
                           state.task->pid(),
                           message.python,
                           message.tensorflow.value_or("none")));
  auto suits = check_tensorflow(plan_.job.component, message.tensorflow);
  if (!suits.ok()) {
    fail({.at = Clock::now(), .error = std::move(suits).error()});
    return;
  }
  if (is_data(number)) {
    feed_task(number);
  } else {
    Buffer end;
    chunk::append_end(end, 0);
    feed_end(state, end);
  }
  const bool all =
      std::all_of(tasks_.begin(), tasks_.end(), [](const auto& each) { return each.hello; });
  if (all && !went_ && !stopping_) {
    went_ = true;
    for (TaskState& each : tasks_) {
      each.task->send(worker::line_of("go"));
    }
  }
}

void Supervisor::on_script_failed(std::size_t number, const worker::Message& message) {
  TaskState& state = tasks_[number];
  state.failed = true;
  if (state.stopped) {
    return;
  }
  Cause cause{.at = message.at.value_or(Clock::now()),
              .error = Error(ErrorCode::kWorker,
                             fmt::format("script failed ({}): {}{}{}",
                                         message.stage,
                                         message.exception,
                                         message.message.empty() ? "" : ": ",
                                         message.message)),
              .task = number,
              .traceback = message.traceback};
  causes_.add(std::move(cause));
  begin_stop(number);
}

void Supervisor::on_main_done(std::size_t number, const worker::Message& message) {
  tasks_[number].main_done = true;
  tasks_[number].written = message.written;
  if (!is_data(number)) {
    return;
  }
  const auto others_done = [this](const TaskState& each) {
    return each.main_done || &each == tasks_.data();
  };
  if (all_data(others_done)) {
    tasks_.front().task->send(worker::line_of("workers_done"));
  }
  if (all_data([](const TaskState& each) { return each.main_done; })) {
    for (std::size_t i = 0; i < plan_.workers(); ++i) {
      tasks_[i].task->send(worker::line_of("all_done"));
    }
  }
}

void Supervisor::on_results(worker::Task& task,
                            const chunk::Header& header,
                            std::string_view payload) {
  const std::size_t number = number_of(task);
  TaskState& state = tasks_[number];
  if (header.kind != chunk::Kind::kRecords) {
    on_protocol_error(task,
                      Error(ErrorCode::kWorker, "the results hold a chunk of an unexpected kind"));
  } else if (!is_data(number)) {
    if (!ps_wrote_) {
      log::message(
          log::Level::kWarn,
          fmt::format("{} writes rows: rows of parameter servers are dropped", state.name));
    }
    ps_wrote_ = true;
  } else if (!stopping_) {
    const std::uint64_t first_row = task.counts().records_received - header.records + 1;
    sink_->add(state.name, first_row, header, payload);
    if (!results_paused_ && sink_->full()) {
      results_paused_ = true;
      for (std::size_t i = 0; i < plan_.workers(); ++i) {
        tasks_[i].task->pause_results(true);
      }
    }
  }
}

void Supervisor::on_log_line(worker::Task& task,
                             worker::LogStream /*stream*/,
                             std::string_view line) {
  TaskState& state = tasks_[number_of(task)];
  state.log.add(line);
  if (state.log_file) {
    const std::string whole = std::string(line) + "\n";
    if (!sys::write_all(state.log_file.get(), whole).ok()) {
      log::message(log::Level::kWarn,
                   fmt::format("the log of {} cannot be written any more", state.name));
      state.log_file = sys::Fd();
    }
  }
  if (options_.print_process_info) {
    print_line(fmt::format("[{}] {}", state.name, line));
  }
}

void Supervisor::on_protocol_error(worker::Task& task, const Error& error) {
  fail({.at = Clock::now(), .error = error, .task = number_of(task)});
}

// ---- the end of a task ----

void Supervisor::on_ended(worker::Task& task) {
  const std::size_t number = number_of(task);
  tasks_[number].ended = true;
  judge_end(number);
  process::reap_strays([this](pid_t pid) {
    return std::any_of(tasks_.begin(), tasks_.end(), [pid](const auto& each) {
      return !each.ended && each.task->pid() == pid;
    });
  });
  if (!stopping_ && all_data([](const TaskState& each) { return each.ended; })) {
    stop_parameter_servers();
  }
}

void Supervisor::judge_end(std::size_t number) {
  const TaskState& state = tasks_[number];
  if (state.stopped || state.failed) {
    return;
  }
  const process::ExitStatus& status = *state.task->exit_status();
  const auto failed = [&](const std::string& text) {
    fail({.at = Clock::now(), .error = Error(ErrorCode::kWorker, text), .task = number});
  };
  if (!status.success()) {
    failed(process::describe(status));
  } else if (!is_data(number)) {
    log::message(log::Level::kWarn,
                 fmt::format("{} ended before the workers, with exit status 0", state.name));
  } else if (!state.main_done || !state.task->results_end()) {
    failed(
        "exit status 0 before main had returned: the process was ended from inside (os._exit?), "
        "so rows may be missing");
  } else if (*state.task->results_end() != state.task->counts().records_received ||
             state.written != state.task->counts().records_received) {
    failed(fmt::format(
        "it wrote {} rows but {} arrived", state.written, state.task->counts().records_received));
  }
}

void Supervisor::stop_parameter_servers() {
  bool any = false;
  for (TaskState& state : tasks_) {
    if (!state.ended) {
      any = true;
      stop_task(state);
    }
  }
  if (any) {
    loop_.call_after(plan_.job.grace_period, [this] { kill_all(); });
  }
}

// ---- feeding ----

void Supervisor::on_wake() {
  if (stopping_) {
    return;
  }
  if (const auto error = sink_->error()) {
    fail({.at = Clock::now(), .error = *error});
    return;
  }
  if (results_paused_ && !sink_->full()) {
    results_paused_ = false;
    for (std::size_t i = 0; i < plan_.workers(); ++i) {
      tasks_[i].task->pause_results(false);
    }
  }
  for (std::size_t i = 0; i < plan_.workers(); ++i) {
    feed_task(i);
  }
}

void Supervisor::on_hungry(worker::Task& task) {
  const std::size_t number = number_of(task);
  if (is_data(number) && !stopping_) {
    feed_task(number);
  }
}

void Supervisor::feed_task(std::size_t number) {
  TaskState& state = tasks_[number];
  worker::Task& task = *state.task;
  if (!state.hello || state.end_fed || stopping_) {
    return;
  }
  feed_->give_back(task.take_spare());
  while (task.hungry() || task.feed_refused() || state.ended) {
    auto item = feed_->pop(number);
    if (!item) {
      break;
    }
    if (task.hungry()) {
      task.feed(std::move(item->chunk), item->records);
    } else {
      state.discarded += item->records;
      feed_->give_back(std::move(item->chunk));
    }
  }
  const auto result = feed_->result();
  if (!result) {
    return;
  }
  if (!result->ok()) {
    fail({.at = Clock::now(), .error = result->error()});
    return;
  }
  // The result comes after the last chunk, so an empty queue now is empty for good.
  if (task.hungry() && !feed_->waiting(number)) {
    Buffer end;
    chunk::append_end(end, result->value().split.sent[number]);
    feed_end(state, end);
  }
}

void Supervisor::feed_end(TaskState& state, const Buffer& chunk) {
  Buffer last;
  last.append(chunk.view());
  state.end_fed = true;
  state.task->feed_last(std::move(last));
}

// ---- stopping ----

void Supervisor::on_signal(int signo) {
  switch (signo) {
    case SIGCHLD:
      process::reap_strays([this](pid_t pid) {
        return std::any_of(tasks_.begin(), tasks_.end(), [pid](const auto& each) {
          return !each.ended && each.task->pid() == pid;
        });
      });
      return;
    case SIGTSTP:
      suspend();
      return;
    case SIGCONT:
      return;
    case SIGQUIT:
      for (TaskState& state : tasks_) {
        state.task->send(worker::line_of("dump"));
      }
      return;
    default:
      break;
  }
  const auto now = Clock::now();
  if (stop_signal_ == 0) {
    stop_signal_ = signo;
    stop_signal_at_ = now;
    fail({.at = now,
          .error =
              Error(ErrorCode::kCancelled, fmt::format("stopped by {}", ::sigdescr_np(signo)))});
  } else if (now - stop_signal_at_ > kSameSignal) {
    kill_all();
  }
}

/// Ctrl-Z: the tasks have sessions of their own, so the terminal does not stop them; we do.
void Supervisor::suspend() {
  const auto before = Clock::now();
  const auto signal_all = [this](int signo) {
    for (const TaskState& state : tasks_) {
      if (!state.ended) {
        state.task->signal_group(signo);
      }
    }
  };
  signal_all(SIGSTOP);
  ::raise(SIGSTOP);  // returns when somebody continues us
  signal_all(SIGCONT);
  loop_.shift_deadlines(Clock::now() - before);
}

void Supervisor::fail(Cause cause) {
  causes_.add(std::move(cause));
  begin_stop(std::nullopt);
}

/// The one way to stop: TERM and CONT to every task's group, grace, KILL. A task that said it
/// failed is ending by itself and gets only the KILL.
void Supervisor::begin_stop(std::optional<std::size_t> ending_by_itself) {
  if (stopping_) {
    return;
  }
  stopping_ = true;
  causes_.stopping(Clock::now());
  feed_->close();
  for (std::size_t i = 0; i < tasks_.size(); ++i) {
    if (!tasks_[i].ended && i != ending_by_itself) {
      stop_task(tasks_[i]);
    }
  }
  loop_.call_after(plan_.job.grace_period, [this] { kill_all(); });
}

void Supervisor::stop_task(TaskState& state) {
  state.stopped = true;
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

// ---- looking back ----

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
               .log = &state.log});
}

void Supervisor::add_counts(Counts& counts) const {
  for (std::size_t i = 0; i < plan_.workers(); ++i) {
    const TaskState& state = tasks_[i];
    counts.received += state.task->counts().records_fed;
    counts.unread += state.discarded;
    counts.written += state.task->counts().records_received;
  }
}

void Supervisor::print_counts() const {
  for (const TaskState& state : tasks_) {
    const auto& counts = state.task->counts();
    print_line(fmt::format("[{}] rows in {}, rows out {}, {}",
                           state.name,
                           counts.records_fed,
                           counts.records_received,
                           process::describe(*state.task->exit_status())));
  }
}

std::size_t Supervisor::number_of(const worker::Task& task) const {
  const auto found = std::find(plan_.tasks.begin(), plan_.tasks.end(), task.id());
  return static_cast<std::size_t>(found - plan_.tasks.begin());
}

template <typename Predicate>
bool Supervisor::all_data(Predicate predicate) const {
  return std::all_of(
      tasks_.begin(), tasks_.begin() + static_cast<std::ptrdiff_t>(plan_.workers()), predicate);
}

bool Supervisor::all_ended() const {
  return std::all_of(tasks_.begin(), tasks_.end(), [](const auto& each) { return each.ended; });
}

}  // namespace alinktf::job
