#include "worker/message.hpp"

#include "base/text.hpp"
#include "unit/result.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <fstream>

namespace alinktf::worker {
namespace {

using Catch::Contains;
using Json = nlohmann::ordered_json;

std::vector<std::string> protocol_lines(const std::string& name) {
  std::ifstream file(ALINKTF_TESTDATA "/protocol/" + name);
  REQUIRE(file.is_open());
  std::vector<std::string> lines;
  for (std::string line; std::getline(file, line);) {
    lines.push_back(line);
  }
  return lines;
}

Message parse(std::string_view line) {
  return take(parse_message(line));
}

TEST_CASE("A task's conversation is understood", "[worker][message]") {
  const auto lines = protocol_lines("control_from_task.jsonl");
  REQUIRE(lines.size() == 4);
  const Message hello = parse(lines[0]);
  CHECK(hello.type == "hello");
  CHECK(hello.python == "3.11.2");
  CHECK(hello.executable == "/usr/bin/python3");
  CHECK_FALSE(hello.tensorflow.has_value());
  const Message started = parse(lines[1]);
  CHECK(started.type == "main_started");
  CHECK(started.records == 3);
  const Message done = parse(lines[2]);
  CHECK(done.type == "main_done");
  CHECK(done.read == 3);
  CHECK(done.written == 2);
  CHECK(parse(lines[3]).type == "done");
}

TEST_CASE("A hello says which TensorFlow is there", "[worker][message]") {
  CHECK(parse(R"({"type": "hello", "tensorflow": "2.15.1"})").tensorflow == "2.15.1");
}

TEST_CASE("A failure is told with stage and exception and traceback", "[worker][message]") {
  const Message failed = parse(
      R"({"type": "failed", "stage": "main", "exception": "ValueError", "message": "no \u00e9", )"
      R"("traceback": "a\nb", "at": 12.5})");
  CHECK(failed.stage == "main");
  CHECK(failed.exception == "ValueError");
  CHECK(failed.message == "no é");
  CHECK(failed.traceback == "a\nb");
  REQUIRE(failed.at.has_value());
  CHECK(failed.at->time_since_epoch() == std::chrono::milliseconds(12'500));
}

TEST_CASE("Stacks carry their text and state", "[worker][message]") {
  const Message stacks = parse(R"({"type": "stacks", "state": "main", "text": "Thread 1"})");
  CHECK(stacks.state == "main");
  CHECK(stacks.text == "Thread 1");
}

TEST_CASE("Members that are unknown or of another type are passed over", "[worker][message]") {
  const Message message =
      parse(R"({"type": "main_done", "new": [1], "read": "3", "written": -1, "at": "now"})");
  CHECK(message.read == 0);
  CHECK(message.written == 0);
  CHECK_FALSE(message.at.has_value());
}

TEST_CASE("A control line that is no message is an error that shows it", "[worker][message]") {
  const std::string line = GENERATE(
      as<std::string>(), "", "hello", "[1]", "3", "{\"typ\": \"go\"}", "{\"type\": 3}", "{\"a\"");
  CHECK_THAT(failure(parse_message(line), ErrorCode::kWorker),
             Contains("the control channel carried " + quote(line) + ", expected a JSON object") &&
                 Contains("only the runtime may write to descriptor 5"));
}

/// The assignment of control_to_task.jsonl.
Assignment chief() {
  return {
      .job = "iris",
      .component = "TensorFlow2BatchOp",
      .task = {cluster::Role::kChief, 0},
      .task_number = 0,
      .num_workers = 1,
      .num_pss = 0,
      .attempt = 0,
      .tf_config =
          R"({"cluster": {"chief": ["127.0.0.1:5001"]}, "task": {"type": "chief", "index": 0}})",
      .cluster_json = R"({"chief": ["127.0.0.1:5001"]})",
      .work_dir = "$WORK_DIR",
      .main_script = "$SCRIPT",
      .user_params_json = R"({"batch_size":"16","x":null})",
      .properties = {{"ALINK:num_workers", "1"}},
      .intra_op_parallelism = 4,
      .output_schema = {{.name = "id", .type = table::ColumnType::kLong}}};
}

TEST_CASE("A task is told what the protocol says", "[worker][message]") {
  const std::string line = task_line(chief());
  CHECK(line.find('\n') == line.size() - 1);
  const auto golden = Json::parse(protocol_lines("control_to_task.jsonl").at(0));
  CHECK(Json::parse(line).dump(1) == golden.dump(1));  // members and their order
}

TEST_CASE("A worker is told its role and index beside its number", "[worker][message]") {
  Assignment worker = chief();
  worker.task = {cluster::Role::kWorker, 1};
  worker.task_number = 2;
  const Json told = Json::parse(task_line(worker));
  CHECK(told["role"] == "worker");
  CHECK(told["index"] == 1);
  CHECK(told["task_number"] == 2);
}

TEST_CASE("Broadcast files are told in user params and properties", "[worker][message]") {
  Assignment told = chief();
  told.broadcast_files = {"/w/bc_data_1", "/w/bc_data_2"};
  const Json task = Json::parse(task_line(told));
  for (const char* member : {"user_params", "properties"}) {
    CHECK(task[member]["ALINK:bc_1"] == "/w/bc_data_1");
    CHECK(task[member]["ALINK:bc_2"] == "/w/bc_data_2");
  }
  CHECK(task["user_params"]["batch_size"] == "16");
}

TEST_CASE("Numbers of user params keep their own text", "[worker][message]") {
  Assignment told = chief();
  told.user_params_json = R"({"z":"1e-3","a":12345678901234567890})";
  CHECK_THAT(task_line(told),
             Contains(R"({"z":"1e-3","a":12345678901234567890})"));  // and their order
}

TEST_CASE("A path that is no UTF-8 does not break the message", "[worker][message]") {
  Assignment told = chief();
  told.main_script = "/home/\xFF/train.py";
  const std::string line = task_line(told);
  CHECK(Json::parse(line)["main_script"] == "/home/\uFFFD/train.py");
  CHECK(std::all_of(
      line.begin(), line.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; }));
}

TEST_CASE("Messages without a body are a type alone", "[worker][message]") {
  CHECK(Json::parse(line_of("go")) == Json{{"type", "go"}});
  CHECK(Json::parse(go_line({7, 8})) == Json{{"type", "go"}, {"pids", {7, 8}}});
  CHECK(line_of("go").back() == '\n');
  CHECK(Json::parse(line_of("abort", "reason", "a \"b\"\nc")) ==
        Json{{"type", "abort"}, {"reason", "a \"b\"\nc"}});
  CHECK(line_of("abort", "reason", "a\nb").find('\n') ==
        line_of("abort", "reason", "a\nb").size() - 1);
}

}  // namespace
}  // namespace alinktf::worker
