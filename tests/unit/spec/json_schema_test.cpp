#include "spec/fields.hpp"
#include "spec/spec.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <string>
#include <vector>

namespace alinktf::spec {
namespace {

using nlohmann::json;

std::string text_of(const std::string& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// Every key and alias of this version, e.g. "numWorkers", "input.maxRows".
std::vector<std::string> all_keys(const std::vector<Field>& fields,
                                  const std::string& prefix = "") {
  std::vector<std::string> keys;
  for (const Field& field : fields) {
    if (std::holds_alternative<Later>(field.value)) {
      continue;
    }
    keys.push_back(prefix + std::string(field.name));
    for (const std::string_view alias : field.aliases) {
      keys.push_back(prefix + std::string(alias));
    }
    if (const auto* members = field.members(); members != nullptr) {
      for (const std::string& key : all_keys(*members, prefix + std::string(field.name) + ".")) {
        keys.push_back(key);
      }
    }
  }
  return keys;
}

std::vector<std::string> all_keys() {
  Draft draft;
  return all_keys(job_fields(draft));
}

/// The part of `schema` that describes an object: itself, the elements of a list, or what is no
/// word; null if there is none.
const json* object_of(const json& schema) {
  if (schema.contains("oneOf")) {
    return object_of(schema.at("oneOf").at(1));
  }
  if (schema.contains("items")) {
    return object_of(schema.at("items"));
  }
  return schema.contains("properties") ? &schema : nullptr;
}

const json& property(const json& schema, const std::string& key) {
  const json* object = object_of(schema);
  REQUIRE(object != nullptr);
  const std::size_t dot = key.find('.');
  const json& here = object->at("properties").at(key.substr(0, dot));
  return dot == std::string::npos ? here : property(here, key.substr(dot + 1));
}

/// How many keys `schema` and all objects in it have.
std::size_t count_keys(const json& schema) {
  std::size_t count = 0;
  if (const json* object = object_of(schema); object != nullptr) {
    CHECK(object->at("additionalProperties") == false);
    for (const auto& [key, value] : object->at("properties").items()) {
      count += 1 + count_keys(value);
    }
  }
  return count;
}

TEST_CASE("The JSON Schema has every key with a description", "[spec][schema]") {
  const json schema = json::parse(json_schema());
  CHECK(schema.at("$schema") == "https://json-schema.org/draft/2020-12/schema");
  for (const std::string& key : all_keys()) {
    CAPTURE(key);
    CHECK_FALSE(property(schema, key).at("description").get<std::string>().empty());
  }
}

TEST_CASE("The JSON Schema knows no keys besides those of the table", "[spec][schema]") {
  const json schema = json::parse(json_schema());
  std::size_t of_user_files = 0;  // whose form is not in the table
  for (const auto* name : {"userFiles", "userFile", "scriptFiles"}) {
    of_user_files += count_keys(property(schema, name));
  }
  CHECK(count_keys(schema) == all_keys().size() + of_user_files);
}

TEST_CASE("The JSON Schema tells types and limits and defaults", "[spec][schema]") {
  const json schema = json::parse(json_schema());
  CHECK(property(schema, "numWorkers").at("type") == "integer");
  CHECK(property(schema, "numWorkers").at("minimum") == 1);
  CHECK(property(schema, "numWorkers").at("default") == 1);
  CHECK(property(schema, "component").at("enum") == json{"TensorFlowBatchOp",
                                                         "TensorFlow2BatchOp",
                                                         "TensorFlowStreamOp",
                                                         "TensorFlow2StreamOp",
                                                         "TFTableModelTrainBatchOp",
                                                         "TF2TableModelTrainBatchOp",
                                                         "TFTableModelPredictBatchOp",
                                                         "TFTableModelPredictStreamOp",
                                                         "TFSavedModelPredictBatchOp",
                                                         "TFSavedModelPredictStreamOp"});
  CHECK(property(schema, "timeout").at("type") == json{"string", "null"});
  CHECK(property(schema, "input.outputColConfs").at("type") == json{"string", "object", "null"});
  CHECK(property(schema, "input.filePath").at("type") == json{"string", "array"});
  CHECK(property(schema, "input.handleInvalid").at("enum") ==
        json{"ERROR", "SKIP", "error", "skip"});
  CHECK(property(schema, "broadcastInputs.threads").at("minimum") == 1);
  CHECK(property(schema, "input.onBadRow.max").at("minimum") == 0);
  CHECK(property(schema, "input.quoteChar").at("default") == "\"");
  CHECK(property(schema, "input.rowDelimiter").at("default") == "\n");
  const std::regex duration(property(schema, "gracePeriod").at("pattern").get<std::string>());
  CHECK(std::regex_search("500ms", duration));
  CHECK_FALSE(std::regex_search("1.5s", duration));
}

TEST_CASE("The JSON Schema requires what parse requires", "[spec][schema]") {
  const json schema = json::parse(json_schema());
  const std::string rules = schema.at("allOf").dump();
  for (const auto* key : {"component", "input"}) {
    CAPTURE(key);
    CHECK_THAT(rules, Catch::Contains("{\"required\":[\"" + std::string(key) + "\"]}"));
  }
}

TEST_CASE("The JSON Schema requires what each component needs", "[spec][schema]") {
  const json schema = json::parse(json_schema());
  const auto needs = [&](const std::string& component) -> std::string {
    for (const json& rule : schema.at("allOf")) {
      if (rule.contains("then") &&
          rule.at("if").at("properties").at("component").at("const") == component) {
        return rule.at("then").dump();
      }
    }
    return "no rule";
  };
  for (const auto* component : {"TensorFlowBatchOp", "TensorFlow2StreamOp"}) {
    CAPTURE(component);
    CHECK_THAT(needs(component),
               Catch::Contains("mainScriptFile") && Catch::Contains("outputSchemaStr"));
  }
  CHECK_THAT(needs("TF2TableModelTrainBatchOp"),
             Catch::Contains("mainScriptFile") &&
                 Catch::Contains(R"({"not":{"anyOf":[{"required":["outputSchemaStr"]})"));
}

TEST_CASE("The JSON Schema requires what each input format needs", "[spec][schema]") {
  const json schema = json::parse(json_schema());
  const auto needs = [&](const std::string& format) {
    for (const json& rule : property(schema, "input").at("allOf")) {
      if (rule.contains("then") && rule.at("if").at("properties").contains("format") &&
          rule.at("if").at("properties").at("format").at("const") == format) {
        return rule.at("then").dump();
      }
    }
    return std::string();
  };
  CHECK_THAT(needs("csv"), Catch::Contains("filePath") && Catch::Contains("schemaStr"));
  CHECK_THAT(needs("jsonl"), Catch::Contains("filePath") && Catch::Contains("schemaStr"));
  CHECK_THAT(needs("tfrecord"), Catch::Contains("filePath") && !Catch::Contains("schemaStr"));
  CHECK_THAT(needs("random"), Catch::Contains("numRows") && !Catch::Contains("filePath"));
  const json& without = property(schema, "input").at("allOf").back();
  CHECK(without.at("if") == json{{"required", {"format"}}});
  CHECK_THAT(without.at("else").dump(), Catch::Contains("filePath"));
}

TEST_CASE("The JSON Schema takes a format from the ending of a path, as parse does",
          "[spec][schema]") {
  const json schema = json::parse(json_schema());
  std::size_t patterns = 0;
  for (const json& rule : property(schema, "input").at("allOf")) {
    if (!rule.contains("then") || !rule.at("if").at("properties").contains("filePath")) {
      continue;
    }
    const json& text = rule.at("if").at("properties").at("filePath").at("anyOf").at(0);
    const std::regex pattern(text.at("pattern").get<std::string>());
    const bool needs_schema = rule.at("then").dump().find("schemaStr") != std::string::npos;
    const auto told = [&](const char* path) { return std::regex_search(path, pattern); };
    patterns += 1;
    CHECK((told("a.csv") || told("B.NdJson.gz")) == needs_schema);
    CHECK_FALSE(told("acsv"));
    CHECK_FALSE(told("a.csv.txt"));
  }
  CHECK(patterns == 4);
}

TEST_CASE("The JSON Schema wants a prediction's model under the key of its component",
          "[spec][schema]") {
  const std::string schema = json_schema();
  CHECK_THAT(
      json::parse(schema).at("allOf").dump(),
      Catch::Contains(R"([{"required":["modelPath"]},{"not":{"required":["modelFilePath"]}})") &&
          Catch::Contains(R"([{"not":{"required":["modelPath"]}},{"required":["modelFilePath"]})"));
}

/// The job files of the examples: paths under testdata/jobs.
std::vector<std::filesystem::path> example_jobs() {
  std::vector<std::filesystem::path> jobs;
  for (const auto& entry :
       std::filesystem::recursive_directory_iterator(ALINKTF_TESTDATA "/jobs")) {
    if (entry.path().extension() == ".json" &&
        text_of(entry.path().string()).find("\"component\"") != std::string::npos) {
      jobs.push_back(entry.path());
    }
  }
  REQUIRE_FALSE(jobs.empty());
  return jobs;
}

void check_keys(const json& object, const json& schema) {
  for (const auto& [key, value] : object.items()) {
    CAPTURE(key);
    REQUIRE(schema.at("properties").contains(key));
    const json* inner = object_of(schema.at("properties").at(key));
    if (inner != nullptr && value.is_object()) {
      check_keys(value, *inner);
    }
  }
}

TEST_CASE("The example jobs use keys of the JSON Schema", "[spec][schema]") {
  const json schema = json::parse(json_schema());
  for (const auto& path : example_jobs()) {
    CAPTURE(path);
    check_keys(json::parse(text_of(path.string()), nullptr, true, true), schema);
  }
}

TEST_CASE("The example jobs are right", "[spec]") {
  for (const auto& path : example_jobs()) {
    CAPTURE(path);
    const auto parsed = parse(text_of(path.string()),
                              {.file = path.string(),
                               .directory = path.parent_path().string(),
                               .working_directory = "/",
                               .environment = {},
                               .overrides = {}});
    CHECK((parsed.ok() ? "" : parsed.error().str()) == "");
  }
}

TEST_CASE("The page about the job file names every key", "[spec][docs]") {
  const std::string page = text_of(ALINKTF_DOCS "/job_file.md");
  REQUIRE_FALSE(page.empty());
  for (const std::string& key : all_keys()) {
    CAPTURE(key);
    CHECK_THAT(page, Catch::Contains("`" + key.substr(key.rfind('.') + 1) + "`"));
  }
}

TEST_CASE("The jobs on the page about the job file are right", "[spec][docs]") {
  const std::string page = text_of(ALINKTF_DOCS "/job_file.md");
  const std::string start = "```jsonc\n";
  int jobs = 0;
  for (std::size_t at = page.find(start); at != std::string::npos; at = page.find(start, at + 1)) {
    const std::size_t from = at + start.size();
    const auto parsed =
        parse(page.substr(from, page.find("```", from) - from),
              {.file = "page.json",
               .directory = ALINKTF_TESTDATA "/jobs/docs",
               .working_directory = "/",
               .environment = [](const std::string&) { return std::optional<std::string>("x"); },
               .overrides = {{"userFiles", ALINKTF_TESTDATA "/jobs/breast_cancer/train.py"},
                             {"mainScriptFile", "train.py"}}});
    CHECK((parsed.ok() ? "" : parsed.error().str()) == "");
    ++jobs;
  }
  CHECK(jobs == 3);
}

}  // namespace
}  // namespace alinktf::spec
