#include "cluster/cluster.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

namespace alinktf::cluster {
namespace {

/// The members of a job, in the order of task numbers, at 127.0.0.1:5000, 5001 …
std::vector<Member> members(int workers, int pss) {
  std::vector<Member> out;
  for (const TaskId task : make_tasks(workers, pss)) {
    out.push_back({.task = task, .address = "127.0.0.1:" + std::to_string(5000 + out.size())});
  }
  return out;
}

std::vector<std::string> names(int workers, int pss) {
  std::vector<std::string> out;
  for (const TaskId task : make_tasks(workers, pss)) {
    out.push_back(to_string(task));
  }
  return out;
}

TEST_CASE("Worker 0 is the chief and the others count from 0", "[cluster]") {
  using Names = std::vector<std::string>;
  CHECK(names(1, 0) == Names{"chief:0"});
  CHECK(names(3, 0) == Names{"chief:0", "worker:0", "worker:1"});
  CHECK(names(2, 2) == Names{"chief:0", "worker:0", "ps:0", "ps:1"});
}

TEST_CASE("Evaluators are the last tasks", "[cluster]") {
  std::vector<std::string> found;
  for (const TaskId task : make_tasks(2, 1, 2)) {
    found.push_back(to_string(task));
  }
  CHECK(found ==
        std::vector<std::string>{"chief:0", "worker:0", "ps:0", "evaluator:0", "evaluator:1"});
}

TEST_CASE("The chief and the workers alone get data", "[cluster]") {
  CHECK(gets_data(Role::kChief));
  CHECK(gets_data(Role::kWorker));
  CHECK_FALSE(gets_data(Role::kPs));
  CHECK_FALSE(gets_data(Role::kEvaluator));
}

struct Job {
  int workers;
  int pss;
  std::string cluster;
};

// The layout that Alink 1.6.2 writes: keys ps, worker, chief, json.dumps' separators.
TEST_CASE("TF_CONFIG is the text that Alink gives every role", "[cluster]") {
  const auto job = GENERATE(values<Job>({
      {1, 0, R"({"chief": ["127.0.0.1:5000"]})"},
      {1, 1, R"({"ps": ["127.0.0.1:5001"], "chief": ["127.0.0.1:5000"]})"},
      {2,
       1,
       R"({"ps": ["127.0.0.1:5002"], "worker": ["127.0.0.1:5001"], "chief": ["127.0.0.1:5000"]})"},
      {3, 0, R"({"worker": ["127.0.0.1:5001", "127.0.0.1:5002"], "chief": ["127.0.0.1:5000"]})"},
      {2,
       2,
       R"({"ps": ["127.0.0.1:5002", "127.0.0.1:5003"], "worker": ["127.0.0.1:5001"], )"
       R"("chief": ["127.0.0.1:5000"]})"},
  }));
  const auto all = members(job.workers, job.pss);
  CHECK(cluster_json(all) == job.cluster);
  for (const Member& member : all) {
    const std::string task = R"("task": {"type": ")" + std::string(role_name(member.task.role)) +
                             R"(", "index": )" + std::to_string(member.task.index) + "}";
    CHECK(tf_config(all, member.task) == R"({"cluster": )" + job.cluster + ", " + task + "}");
  }
}

TEST_CASE("An evaluator is told the cluster, but is not in it", "[cluster]") {
  CHECK(tf_config(members(1, 0), {Role::kEvaluator, 1}) ==
        R"({"cluster": {"chief": ["127.0.0.1:5000"]}, "task": {"type": "evaluator", "index": 1}})");
  CHECK(is_in_cluster(Role::kPs));
  CHECK_FALSE(is_in_cluster(Role::kEvaluator));
}

TEST_CASE("The cluster in Alink's roles counts the chief as worker 0", "[cluster]") {
  auto all = members(2, 1);
  all.push_back({.task = {Role::kEvaluator, 0}, .address = "127.0.0.1:6000"});
  CHECK(
      alink_cluster_json(all) ==
      R"({"job": [{"name": "worker", "tasks": )"
      R"({"0": {"roleName": "worker", "ip": "127.0.0.1", "props": {"sys:tf_port": "5000"}}, )"
      R"("1": {"roleName": "worker", "index": 1, "ip": "127.0.0.1", "props": {"sys:tf_port": "5001"}}}}, )"
      R"({"name": "ps", "tasks": )"
      R"({"0": {"roleName": "ps", "ip": "127.0.0.1", "props": {"sys:tf_port": "5002"}}}}]})");
  CHECK(alink_cluster_json(members(1, 0)) ==
        R"({"job": [{"name": "worker", "tasks": )"
        R"({"0": {"roleName": "worker", "ip": "127.0.0.1", "props": {"sys:tf_port": "5000"}}}}]})");
}

TEST_CASE("TF_CONFIG of a worker as measured", "[cluster]") {
  const std::vector<Member> all{{.task = {Role::kChief, 0}, .address = "127.0.0.1:45135"},
                                {.task = {Role::kWorker, 0}, .address = "127.0.0.1:47408"},
                                {.task = {Role::kPs, 0}, .address = "127.0.0.1:31358"}};
  CHECK(tf_config(all, {Role::kWorker, 0}) ==
        R"({"cluster": {"ps": ["127.0.0.1:31358"], "worker": ["127.0.0.1:47408"], )"
        R"("chief": ["127.0.0.1:45135"]}, "task": {"type": "worker", "index": 0}})");
}

}  // namespace
}  // namespace alinktf::cluster
