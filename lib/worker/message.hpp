// The control channel's messages. Contract: runtime/PROTOCOL.md.
#pragma once

#include "base/result.hpp"
#include "cluster/cluster.hpp"
#include "table/schema.hpp"

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace alinktf::worker {

/// What a task says. Members that its type does not have keep their defaults.
struct Message {
  std::string type;
  std::string python;                     ///< hello: version
  std::string executable;                 ///< hello
  std::optional<std::string> tensorflow;  ///< hello: version
  std::uint64_t records = 0;              ///< main_started
  std::uint64_t read = 0;                 ///< main_done
  std::uint64_t written = 0;              ///< main_done
  std::string format;                     ///< open: "records" or "columns"
  std::uint64_t batch_rows = 0;           ///< open: 0: as many as there are
  std::string stage;                      ///< failed
  std::string exception;                  ///< failed: class name
  std::string message;                    ///< failed
  std::string traceback;                  ///< failed
  std::string state;                      ///< stacks
  std::string text;                       ///< stacks
  std::vector<int> gone;                  ///< failing: pids of tasks that were ending by then
  /// When the task says it happened (`at`, CLOCK_MONOTONIC seconds), if it says so.
  std::optional<std::chrono::steady_clock::time_point> at;
};

/// The line that lets tasks run. `pids` are those of all of them.
std::string go_line(const std::vector<int>& pids);

/// Parse one line. kWorker if it is no JSON object with a type.
Result<Message> parse_message(std::string_view line);

/// Everything a task is told about itself.
struct Assignment {
  std::string job;
  std::string component;
  cluster::TaskId task;
  int task_number = 0;
  int num_workers = 1;
  int num_pss = 0;
  int attempt = 0;
  std::string tf_config;
  std::string cluster_json;
  std::string work_dir;
  std::string main_script;
  std::string user_params_json;
  std::map<std::string, std::string> properties;
  /// Paths of bc_data_1, bc_data_2 …: told as ALINK:bc_1 … in user params and properties.
  std::vector<std::string> broadcast_files = {};
  int intra_op_parallelism = 4;
  bool stream = false;         ///< rows are read while they arrive, when the task asks
  bool rescan_error = false;   ///< stream: a second pass is an error
  bool shared_passes = false;  ///< stream: passes share the rows, as a coordinator's do
  table::Schema output_schema;
};

/// The `task` message as one line, newline included.
std::string task_line(const Assignment& assignment);

/// The `opened` message, which tells a task what its columns are, newline included.
std::string opened_line(const table::Schema& columns);

/// A message that has nothing but a type, and one with a text member, newline included.
std::string line_of(std::string_view type);
std::string line_of(std::string_view type, std::string_view key, std::string_view text);

}  // namespace alinktf::worker
