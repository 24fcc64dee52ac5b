// The part of Supervisor that tells what became of the tasks.
#include "job/supervisor.hpp"

namespace alinktf::job {

namespace {

using Clock = std::chrono::steady_clock;

}  // namespace

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
  facts.share = input_share_ ? input_share_->now(facts.rows_in) : std::nullopt;
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

bool Supervisor::failed_by_task() const {
  const auto& cause = causes_.first();
  return cause && cause->error.code() == ErrorCode::kWorker && !cause->permanent &&
         stop_signal_ == 0;
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
  return std::chrono::duration_cast<std::chrono::milliseconds>(time - attempt_.run_began);
}

}  // namespace alinktf::job
