// Who takes part in a job: roles, task ids, and the TF_CONFIG of each task.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace alinktf::cluster {

enum class Role { kChief, kWorker, kPs, kEvaluator };

std::string_view role_name(Role role);

/// A task as TensorFlow names it: worker 0 of a job is chief:0, worker k is worker:k-1.
struct TaskId {
  Role role = Role::kChief;
  int index = 0;

  friend bool operator==(const TaskId&, const TaskId&) = default;
};

/// "worker:0".
std::string to_string(TaskId task);

/// True for the tasks that get data and whose end ends the job: the chief and the workers.
inline bool gets_data(Role role) {
  return role == Role::kChief || role == Role::kWorker;
}

/// True for the tasks that others reach: all but evaluators, which only look at checkpoints.
inline bool is_in_cluster(Role role) {
  return role != Role::kEvaluator;
}

/// The tasks of a job with `workers` (>= 1, chief included), `pss` and `evaluators`, in Alink's
/// order: chief, workers, PS; then the evaluators. The position in this list is the task number.
std::vector<TaskId> make_tasks(int workers, int pss, int evaluators = 0);

/// A task and where the others reach it, as host:port.
struct Member {
  TaskId task;
  std::string address;
};

/// The cluster part of TF_CONFIG as Python's json.dumps writes it: keys ps, worker, chief (each
/// only if it has members). Source: Alink's TFContext.export_cluster_env.
std::string cluster_json(const std::vector<Member>& members);

/// The same as the property `cluster` of Alink's context has it: in Alink's roles, where worker 0
/// is the chief. `members` are in the order of task numbers.
std::string alink_cluster_json(const std::vector<Member>& members);

/// The whole TF_CONFIG of `task`.
std::string tf_config(const std::vector<Member>& members, TaskId task);

}  // namespace alinktf::cluster
