#include "predict/binding.hpp"

#include "unit/predict/sample.hpp"

namespace alinktf::predict {
namespace {

using Catch::Contains;
using tensorflow::DataType;

const tensorflow::Signature kTwo =
    signature_of({info("a", DataType::kFloat, {-1}), info("b", DataType::kInt64, {-1})});

table::Schema schema(const std::string& text) {
  return take(table::parse_schema(text));
}

TEST_CASE("Columns feed the inputs of their names, or in the order of the keys",
          "[predict][binding]") {
  auto job = job_of(Style::kRow);
  job.predict.selected_cols = {"b", "a"};
  auto binding = take(predict::bind(job, kTwo, schema("id long, a double, b long")));
  REQUIRE(binding.inputs.size() == 2);
  CHECK(binding.inputs[0].info.key == "b");
  CHECK(binding.inputs[0].columns == std::vector<std::size_t>{2});
  CHECK(binding.batchable);
  job.predict.selected_cols = {"p", "q"};
  job.predict.input_signature_defs = {"a", "b"};
  binding = take(predict::bind(job, kTwo, schema("p double, q long")));
  CHECK(binding.inputs[1].info.key == "b");
}

TEST_CASE("Kept columns come in the order of the input, outputs take the place of their names",
          "[predict][binding]") {
  auto job = job_of(Style::kRow, "B double, new string");
  job.predict.selected_cols = {"a", "b"};
  job.predict.output_signature_defs = {"y", "z"};
  const auto table = schema("id long, a double, b long, c string");
  CHECK(table::to_string(take(predict::bind(job, kTwo, table)).schema) ==
        "id BIGINT,a DOUBLE,B DOUBLE,c STRING,new STRING");
  job.predict.reserved_cols = {"c", "id"};
  CHECK(table::to_string(take(predict::bind(job, kTwo, table)).schema) ==
        "id BIGINT,B DOUBLE,c STRING,new STRING");
  job.predict.reserved_cols = std::vector<std::string>();
  CHECK(table::to_string(take(predict::bind(job, kTwo, table)).schema) == "B DOUBLE,new STRING");
}

TEST_CASE("As many columns as an input has values feed it together", "[predict][binding]") {
  const auto one = signature_of({info("x", DataType::kFloat, {-1, 3})});
  auto job = job_of(Style::kWhole);
  const auto binding = take(predict::bind(job, one, schema("p double, q long, r float")));
  REQUIRE(binding.inputs.size() == 1);
  CHECK(binding.inputs[0].columns == std::vector<std::size_t>{0, 1, 2});
  CHECK_THAT(
      failure(predict::bind(job, one, schema("p double, q long, r string")), ErrorCode::kSpec),
      Contains("column 'r' is STRING, expected a number"));
  CHECK_THAT(failure(predict::bind(job, one, schema("p double, q long")), ErrorCode::kSpec),
             Contains("wants x: float32 of shape [-1, 3]"));
}

TEST_CASE("What the signature does not have is told with what it has", "[predict][binding]") {
  auto job = job_of(Style::kRow);
  CHECK_THAT(failure(predict::bind(job, kTwo, schema("a double")), ErrorCode::kSpec),
             Contains("expected one column for each of the signature's 2 inputs"));
  CHECK_THAT(failure(predict::bind(job, kTwo, schema("a double, bb long")), ErrorCode::kSpec),
             Contains("found 'bb'") && Contains("did you mean 'b'"));
  CHECK_THAT(failure(predict::bind(job, kTwo, schema("a boolean, b long")), ErrorCode::kSpec),
             Contains("column 'a' is BOOLEAN"));
  job = job_of(Style::kRow, "yy double");
  CHECK_THAT(failure(predict::bind(job, kTwo, schema("a double, b long")), ErrorCode::kSpec),
             Contains("/outputSchemaStr: found 'yy'") && Contains("it has y, z"));
}

TEST_CASE("Whole tensors go together only if all of them are open along the first axis",
          "[predict][binding]") {
  auto signature = signature_of({info("x", DataType::kFloat, {-1})});
  CHECK(take(predict::bind(job_of(Style::kWhole), signature, schema("x double"))).batchable);
  signature.outputs[0].dims = {};
  CHECK_FALSE(take(predict::bind(job_of(Style::kWhole), signature, schema("x double"))).batchable);
  CHECK(take(predict::bind(job_of(Style::kRow), signature, schema("x double"))).batchable);
}

}  // namespace
}  // namespace alinktf::predict
