// The part of Supervisor that starts the tasks.
#include "job/supervisor.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>

namespace alinktf::job {

namespace {

using Clock = std::chrono::steady_clock;

/// True for what execve says of files that are no programs of this machine. It finds the
/// interpreters of scripts itself, hence "no such file".
bool cannot_be_run(std::error_code error) {
  const int number = error.value();
  return number == ENOEXEC || number == ENOENT || number == EACCES || number == ELIBBAD;
}

}  // namespace

Result<void> Supervisor::start_tasks(const AttemptSetting& setting) {
  std::vector<cluster::Member> members;
  for (const cluster::TaskId id : plan_.tasks) {
    if (!cluster::is_in_cluster(id.role)) {
      continue;
    }
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
                             TaskLog::open({.task = name, .attempt = attempt_.number},
                                           options_.log_dir,
                                           options_.print_process_info));
    const bool data = cluster::gets_data(id.role) && (!plan_.job.data_to_chief || tasks_.empty());
    tasks_.push_back({.name = name, .data = data, .log = std::move(log), .task = {}});
  }
  for (std::size_t number = 0; number < tasks_.size(); ++number) {
    ALINKTF_TRY(start_task(number, members, setting));
  }
  return {};
}

Result<void> Supervisor::start_task(std::size_t number,
                                    const std::vector<cluster::Member>& members,
                                    const AttemptSetting& setting) {
  TaskState& state = tasks_[number];
  const cluster::TaskId id = plan_.tasks[number];
  ALINKTF_ASSIGN_OR_RETURN(const std::string dir, prepare_task_dir(setting, attempt_.number, id));
  auto assignment = make_assignment(plan_, number, attempt_.number, members, dir);
  assignment.main_script = setting.files.main_script();  // where a download of it is
  const worker::TaskLaunch launch{
      .id = id,
      .argv = {plan_.interpreter.path, setting.work_dir.start_script()},
      .env = make_environment(
          plan_, setting.surroundings.environment, assignment.tf_config, attempt_.number)};
  auto started = worker::Task::start(loop_, *this, launch);
  if (!started.ok() && started.error().code() == ErrorCode::kWorker &&
      cannot_be_run(started.error().cause())) {
    return not_python(plan_.interpreter, started.error().cause().message());
  }
  ALINKTF_ASSIGN_OR_RETURN(state.task, std::move(started));
  state.times.started = since_start(Clock::now());
  state.task->send(worker::task_line(assignment));
  state.log.tell(
      fmt::format("pid {}: {}; work dir {}", state.task->pid(), fmt::join(launch.argv, " "), dir));
  state.log.tell("TF_CONFIG=" + assignment.tf_config);
  return {};
}

}  // namespace alinktf::job
