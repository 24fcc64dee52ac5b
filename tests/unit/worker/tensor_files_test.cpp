#include "worker/tensor_files.hpp"

#include "unit/result.hpp"

#include <catch2/catch.hpp>

namespace alinktf::worker {
namespace {

TEST_CASE("Each tensor column is told with the type of its values", "[worker][tensor_files]") {
  const auto schema =
      take(table::parse_schema("f float_tensor, id long, d double_tensor, i int_tensor, l "
                               "long_tensor, b bool_tensor, y byte_tensor, u ubyte_tensor, s "
                               "string_tensor, v vector, w dense_vector, x sparse_vector"));
  CHECK(tensor_types_json(schema) ==
        R"({"f":"float","d":"double","i":"int","l":"long","b":"boolean","y":"byte","u":"ubyte",)"
        R"("s":"string","v":"double","w":"double","x":"double"})");
}

TEST_CASE("Tables of single values have no tensor types", "[worker][tensor_files]") {
  const auto schema = take(table::parse_schema("id long, s string, x double"));
  CHECK(tensor_types_json(schema) == "{}");
  CHECK_FALSE(has_tensors(schema));
}

TEST_CASE("A TENSOR column has tensors but no type of its own", "[worker][tensor_files]") {
  const auto schema = take(table::parse_schema("id long, t tensor"));
  CHECK(has_tensors(schema));
  CHECK(tensor_types_json(schema) == "{}");
}

TEST_CASE("Names are UTF-8 and quoted as JSON asks", "[worker][tensor_files]") {
  const table::Schema schema{{.name = "\"é\"", .type = table::ColumnType::kIntTensor}};
  CHECK(tensor_types_json(schema) == R"({"\"é\"":"int"})");
}

TEST_CASE("The end brings both files as texts, and nothing without tensors",
          "[worker][tensor_files]") {
  CHECK(end_text({.shapes = R"({"d":[2,2]})", .types = R"({"d":"double"})"}) ==
        R"({"tensor_shapes":"{\"d\":[2,2]}","tensor_types":"{\"d\":\"double\"}"})");
  CHECK(end_text({}).empty());
}

}  // namespace
}  // namespace alinktf::worker
