#include "worker/message.hpp"

#include "base/text.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace alinktf::worker {

namespace {

using Json = nlohmann::ordered_json;

std::string text_of(const Json& json, const char* key) {
  const auto found = json.find(key);
  return found != json.end() && found->is_string() ? found->get<std::string>() : std::string();
}

std::uint64_t number_of(const Json& json, const char* key) {
  const auto found = json.find(key);
  return found != json.end() && found->is_number_unsigned() ? found->get<std::uint64_t>() : 0;
}

/// Text from us may hold bytes that are no UTF-8 (paths): they become U+FFFD.
std::string dump(const Json& json) {
  return json.dump(-1, ' ', /*ensure_ascii=*/true, Json::error_handler_t::replace) + "\n";
}

}  // namespace

Result<Message> parse_message(std::string_view line) {
  const Json json = Json::parse(line, nullptr, /*allow_exceptions=*/false);
  if (!json.is_object() || text_of(json, "type").empty()) {
    return Error(
        ErrorCode::kWorker,
        fmt::format("the control channel carried {}, expected a JSON object with a type; only the "
                    "runtime may write to descriptor 5",
                    quote(line)));
  }
  Message message{.type = text_of(json, "type"),
                  .python = text_of(json, "python"),
                  .executable = text_of(json, "executable"),
                  .tensorflow = std::nullopt,
                  .records = number_of(json, "records"),
                  .read = number_of(json, "read"),
                  .written = number_of(json, "written"),
                  .format = text_of(json, "format"),
                  .batch_rows = number_of(json, "batch_rows"),
                  .stage = text_of(json, "stage"),
                  .exception = text_of(json, "exception"),
                  .message = text_of(json, "message"),
                  .traceback = text_of(json, "traceback"),
                  .state = text_of(json, "state"),
                  .text = text_of(json, "text"),
                  .gone = {},
                  .at = std::nullopt};
  if (const auto found = json.find("tensorflow"); found != json.end() && found->is_string()) {
    message.tensorflow = found->get<std::string>();
  }
  if (const auto found = json.find("gone"); found != json.end() && found->is_array()) {
    for (const Json& pid : *found) {
      message.gone.push_back(pid.is_number_integer() ? pid.get<int>() : 0);
    }
  }
  if (const auto found = json.find("at"); found != json.end() && found->is_number()) {
    using Clock = std::chrono::steady_clock;
    message.at = Clock::time_point(std::chrono::duration_cast<Clock::duration>(
        std::chrono::duration<double>(found->get<double>())));
  }
  return message;
}

std::string go_line(const std::vector<int>& pids) {
  return dump({{"type", "go"}, {"pids", pids}});
}

std::string task_line(const Assignment& assignment) {
  Json columns = Json::array();
  for (const table::Column& column : assignment.output_schema) {
    columns.push_back({{"name", column.name}, {"type", table::type_name(column.type)}});
  }
  Json user_params = Json::parse(assignment.user_params_json);
  auto properties = assignment.properties;
  for (std::size_t i = 0; i < assignment.broadcast_files.size(); ++i) {
    const std::string key = fmt::format("ALINK:bc_{}", i + 1);
    user_params[key] = assignment.broadcast_files[i];
    properties[key] = assignment.broadcast_files[i];
  }
  Json task = {{"type", "task"},
               {"protocol", 1},
               {"job", assignment.job},
               {"component", assignment.component},
               {"role", cluster::role_name(assignment.task.role)},
               {"index", assignment.task.index},
               {"task_number", assignment.task_number},
               {"num_workers", assignment.num_workers},
               {"num_pss", assignment.num_pss},
               {"attempt", assignment.attempt},
               {"tf_config", assignment.tf_config},
               {"cluster", Json::parse(assignment.cluster_json)},
               {"work_dir", assignment.work_dir},
               {"main_script", assignment.main_script},
               {"user_params", std::move(user_params)},
               {"properties", std::move(properties)},
               {"intra_op_parallelism", assignment.intra_op_parallelism},
               {"output_schema", std::move(columns)},
               {"data", assignment.stream ? "stream" : "tfrecord"}};
  if (assignment.stream) {
    task["rescan"] = assignment.rescan_error ? "error" : "empty";
    task["shared_passes"] = assignment.shared_passes;
  }
  return dump(task);
}

std::string opened_line(const table::Schema& columns) {
  Json told = Json::array();
  for (const table::Column& column : columns) {
    const auto kind = table::feature_kind(column.type).value_or(table::FeatureKind::kBytesList);
    const bool vector = column.type == table::ColumnType::kVector ||
                        column.type == table::ColumnType::kDenseVector ||
                        column.type == table::ColumnType::kSparseVector;
    told.push_back({{"name", column.name},
                    {"dtype",
                     kind == table::FeatureKind::kInt64List   ? "int64"
                     : kind == table::FeatureKind::kFloatList ? "float32"
                                                              : "string"},
                    {"nested", table::storage(column.type) == table::Storage::kNested},
                    {"vector", vector}});
  }
  return dump({{"type", "opened"}, {"columns", std::move(told)}});
}

std::string line_of(std::string_view type) {
  return dump({{"type", type}});
}

std::string line_of(std::string_view type, std::string_view key, std::string_view text) {
  return dump({{"type", type}, {std::string(key), text}});
}

}  // namespace alinktf::worker
