#include "model/pipeline.hpp"

#include "unit/formats/zip/archive.hpp"
#include "unit/model/rows.hpp"
#include "unit/sys/scratch.hpp"

#include <catch2/catch.hpp>

namespace alinktf::model {
namespace {

using Catch::Contains;

constexpr std::string_view kClass = "com.alibaba.alink.pipeline.tensorflow.";
constexpr const char* kSchema = "id BIGINT, p0 STRING, p1 BIGINT";

/// A stage as Alink's meta row tells it; `more` are members.
std::string stage(std::string_view identifier, int parent, const std::string& more = "") {
  return fmt::format(
      R"({{"identifier":"{}","params":{{"params":{{"signatureDefKey":"\"predict\"","inferBatchSize":"256"}}}},"parent":{}{}}})",
      identifier,
      parent,
      more);
}

const std::string kColumns = R"(,"schemaIndices":[1,0],"colNames":["model_id","model_info"])";
const std::string kRoot = R"({"identifier":null,"params":{"params":{}},"parent":-1})";

std::string escaped(const std::string& text) {
  std::string out;
  for (const char c : text) {
    out += c == '"' || c == '\\' ? std::string("\\") + c : std::string(1, c);
  }
  return out;
}

std::string meta(const std::string& stages, bool with_params = true) {
  return R"({"stages":")" + escaped("[" + stages + "]") + "\"}" +
         (with_params ? "__ALINK_META_ROW_DELIMITER__{}" : "");
}

std::vector<Rows::Values> model_rows(const std::string& id, const std::string& graph) {
  std::vector<Rows::Values> rows;
  for (const auto& row : rows_of(zip::archive_of({{"saved_model.pb", graph}}), 40)) {
    rows.push_back({id, row[1], row[0]});
  }
  return rows;
}

Result<std::vector<Stage>> unpack(const std::vector<Rows::Values>& rows,
                                  const std::string& directory,
                                  const char* schema = kSchema) {
  return unpack_pipeline(
      [&]() -> Result<std::unique_ptr<table::RowReader>> {
        return std::unique_ptr<table::RowReader>(std::make_unique<Rows>(schema, rows));
      },
      "p.ak",
      directory);
}

std::string error_of(const std::vector<Rows::Values>& rows, const char* schema = kSchema) {
  const sys::Scratch scratch;
  return failure(unpack(rows, scratch / "", schema), ErrorCode::kInput);
}

std::string read(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

TEST_CASE("The stages of a pipeline come with their parameters and models", "[model][pipeline]") {
  const sys::Scratch scratch;
  const std::string table = std::string(kClass) + "TFTableModelPredictor";
  const std::string saved = std::string(kClass) + "TFSavedModelPredictor";
  // A pipeline in a pipeline, whose own stage only holds the others together.
  const std::string stages = kRoot + "," + stage(table, 0, kColumns) + "," +
                             stage("com.alibaba.alink.pipeline.PipelineModel", 0) + "," +
                             stage(table, 2, kColumns) + "," + stage(saved, 2);
  std::vector<Rows::Values> rows = model_rows("3", "second");
  const auto first = model_rows("1", "first");
  rows.insert(rows.end(), first.rbegin(), first.rend());
  // Older files have no parameters of the pipeline, and the row may stand anywhere.
  rows.insert(rows.begin() + 2, {"-1", meta(stages, GENERATE(true, false)), std::nullopt});
  const auto found = take(unpack(rows, scratch / ""));
  REQUIRE(found.size() == 3);
  CHECK(found[0].name == "TFTableModelPredictor");
  CHECK(found[0].params.at("signatureDefKey") == "\"predict\"");
  CHECK(found[0].params.at("inferBatchSize") == "256");
  CHECK(read(found[0].directory + "/saved_model.pb") == "first");
  CHECK(read(found[1].directory + "/saved_model.pb") == "second");
  CHECK(found[2].name == "TFSavedModelPredictor");
  CHECK(found[2].directory.empty());
}

TEST_CASE("The columns of a table tell whether it is a pipeline", "[model][pipeline]") {
  CHECK(is_pipeline(take(table::parse_schema("id BIGINT, p0 STRING"))));
  CHECK(is_pipeline(take(table::parse_schema(kSchema))));
  CHECK_FALSE(is_pipeline(table::model_table_schema()));
  CHECK_FALSE(is_pipeline(take(table::parse_schema("id BIGINT"))));
  CHECK_FALSE(is_pipeline(take(table::parse_schema("id STRING, p0 STRING"))));
}

TEST_CASE("What is wrong with a pipeline is told with the stage", "[model][pipeline]") {
  const auto with = [](const std::string& text) { return error_of({{"-1", text, std::nullopt}}); };
  const std::string table = std::string(kClass) + "TFTableModelPredictor";
  CHECK_THAT(error_of({}), Contains("pipeline 'p.ak': row id -1 is missing"));
  CHECK_THAT(error_of({}, "a int, b string"), Contains("has the columns 'a INT,b STRING'"));
  CHECK_THAT(with("{"), Contains("row id -1: found '{', expected an object with the list stages"));
  CHECK_THAT(with(meta("")), Contains("expected an object with the list stages"));
  CHECK_THAT(with(meta("1")), Contains("stage 0: found '1', expected an object"));
  CHECK_THAT(with(meta(kRoot)), Contains("has no stages"));
  CHECK_THAT(with(meta(kRoot + "," + stage("com.alibaba.alink.pipeline.x.VectorAssembler", 0))),
             Contains("stage 1: is 'com.alibaba.alink.pipeline.x.VectorAssembler', expected "
                      "TFTableModelPredictor or TFSavedModelPredictor"));
  CHECK_THAT(with(meta(kRoot + "," + stage(table, 0))),
             Contains("stage 1: schemaIndices: expected the two columns"));
  CHECK_THAT(with(meta(kRoot + "," + stage(table, 0, R"(,"schemaIndices":["a"])"))),
             Contains("stage 1: schemaIndices: found '\"a\"', expected numbers"));
  CHECK_THAT(with(meta(kRoot + "," + stage(table, 0, kColumns))),
             Contains("model table 'p.ak, stage 1': has no rows"));
  const std::string far = R"(,"schemaIndices":[7,0])";
  CHECK_THAT(
      error_of({{"-1", meta(kRoot + "," + stage(table, 0, far)), std::nullopt}, {"1", "x", "0"}}),
      Contains("stage 1: schemaIndices: found 7, but the last column is 'p1'"));
  const std::string swapped = R"(,"schemaIndices":[0,1])";
  CHECK_THAT(error_of({{"-1", meta(kRoot + "," + stage(table, 0, swapped)), std::nullopt},
                       {"1", "x", "0"}}),
             Contains("model table 'p.ak, stage 1': has the columns 'p0 STRING,p1 BIGINT'"));
}

}  // namespace
}  // namespace alinktf::model
