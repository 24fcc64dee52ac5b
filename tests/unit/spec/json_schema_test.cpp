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
    if (const auto* object = std::get_if<Object>(&field.value); object != nullptr) {
      for (const std::string& key : all_keys(object->fields, std::string(field.name) + ".")) {
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

const json& property(const json& schema, const std::string& key) {
  const std::size_t dot = key.find('.');
  const json& here = schema.at("properties").at(key.substr(0, dot));
  return dot == std::string::npos ? here : property(here, key.substr(dot + 1));
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
  const std::vector<std::string> keys = all_keys();
  const auto count = [&](const json& object) { return object.at("properties").size(); };
  CHECK(count(schema) + count(property(schema, "input")) + count(property(schema, "output")) ==
        keys.size());
  CHECK(schema.at("additionalProperties") == false);
  CHECK(property(schema, "input").at("additionalProperties") == false);
  CHECK(property(schema, "output").at("additionalProperties") == false);
}

TEST_CASE("The JSON Schema tells types and limits and defaults", "[spec][schema]") {
  const json schema = json::parse(json_schema());
  CHECK(property(schema, "numWorkers").at("type") == "integer");
  CHECK(property(schema, "numWorkers").at("minimum") == 1);
  CHECK(property(schema, "numWorkers").at("default") == 1);
  CHECK(property(schema, "component").at("enum") ==
        json{"TensorFlowBatchOp", "TensorFlow2BatchOp"});
  CHECK(property(schema, "timeout").at("type") == json{"string", "null"});
  CHECK(property(schema, "input.quoteChar").at("default") == "\"");
  CHECK(property(schema, "input.rowDelimiter").at("default") == "\n");
  const std::regex duration(property(schema, "gracePeriod").at("pattern").get<std::string>());
  CHECK(std::regex_search("500ms", duration));
  CHECK_FALSE(std::regex_search("1.5s", duration));
}

TEST_CASE("The JSON Schema requires what parse requires", "[spec][schema]") {
  const json schema = json::parse(json_schema());
  const std::string rules = schema.at("allOf").dump();
  for (const auto* key : {"component", "input", "mainScriptFile", "outputSchemaStr"}) {
    CAPTURE(key);
    CHECK_THAT(rules, Catch::Contains("{\"required\":[\"" + std::string(key) + "\"]}"));
  }
  const json& input = property(schema, "input");
  CHECK_THAT(input.at("then").dump(), Catch::Contains("numRows") && !Catch::Contains("filePath"));
  CHECK_THAT(input.at("else").dump(), Catch::Contains("filePath") && Catch::Contains("schemaStr"));
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
    if (schema.at("properties").at(key).contains("properties")) {
      check_keys(value, schema.at("properties").at(key));
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
    CHECK_THAT(page, Catch::Contains("`" + key.substr(key.find('.') + 1) + "`"));
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
  CHECK(jobs == 2);
}

}  // namespace
}  // namespace alinktf::spec
