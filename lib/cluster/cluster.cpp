#include "cluster/cluster.hpp"

#include <fmt/format.h>

#include <array>

namespace alinktf::cluster {

namespace {

/// The members that Alink gives the role `name`, as members of a JSON object. Zeros are left out.
std::string alink_tasks(std::string_view name, const std::vector<Member>& members) {
  std::string tasks;
  int index = 0;
  for (const Member& member : members) {
    const bool ps = member.task.role == Role::kPs;
    if (!is_in_cluster(member.task.role) || ps != (name == "ps")) {
      continue;
    }
    const std::size_t colon = member.address.rfind(':');
    tasks += fmt::format(
        R"({}"{}": {{"roleName": "{}", {}"ip": "{}", "props": {{"sys:tf_port": "{}"}}}})",
        index == 0 ? "" : ", ",
        index,
        name,
        index == 0 ? "" : fmt::format(R"("index": {}, )", index),
        member.address.substr(0, colon),
        member.address.substr(colon + 1));
    ++index;
  }
  return tasks;
}

}  // namespace

std::string_view role_name(Role role) {
  switch (role) {
    case Role::kChief:
      return "chief";
    case Role::kWorker:
      return "worker";
    case Role::kPs:
      return "ps";
    case Role::kEvaluator:
      break;
  }
  return "evaluator";
}

std::string to_string(TaskId task) {
  return fmt::format("{}:{}", role_name(task.role), task.index);
}

std::vector<TaskId> make_tasks(int workers, int pss, int evaluators) {
  std::vector<TaskId> tasks{{.role = Role::kChief, .index = 0}};
  for (int i = 1; i < workers; ++i) {
    tasks.push_back({.role = Role::kWorker, .index = i - 1});
  }
  for (int i = 0; i < pss; ++i) {
    tasks.push_back({.role = Role::kPs, .index = i});
  }
  for (int i = 0; i < evaluators; ++i) {
    tasks.push_back({.role = Role::kEvaluator, .index = i});
  }
  return tasks;
}

std::string cluster_json(const std::vector<Member>& members) {
  std::string out;
  for (const Role role : {Role::kPs, Role::kWorker, Role::kChief}) {
    std::string addresses;
    for (const Member& member : members) {
      if (member.task.role == role) {
        addresses += fmt::format(R"({}"{}")", addresses.empty() ? "" : ", ", member.address);
      }
    }
    if (!addresses.empty()) {
      out += fmt::format(R"({}"{}": [{}])", out.empty() ? "" : ", ", role_name(role), addresses);
    }
  }
  return "{" + out + "}";
}

std::string alink_cluster_json(const std::vector<Member>& members) {
  const std::string pss = alink_tasks("ps", members);
  return fmt::format(R"({{"job": [{{"name": "worker", "tasks": {{{}}}}}{}]}})",
                     alink_tasks("worker", members),
                     pss.empty() ? "" : fmt::format(R"(, {{"name": "ps", "tasks": {{{}}}}})", pss));
}

std::string tf_config(const std::vector<Member>& members, TaskId task) {
  return fmt::format(R"({{"cluster": {}, "task": {{"type": "{}", "index": {}}}}})",
                     cluster_json(members),
                     role_name(task.role),
                     task.index);
}

}  // namespace alinktf::cluster
