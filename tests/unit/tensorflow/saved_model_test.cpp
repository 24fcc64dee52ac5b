#include "tensorflow/saved_model.hpp"

#include "unit/result.hpp"

#include <catch2/catch.hpp>

namespace tensorflow = alinktf::tensorflow;

namespace {

/// A field with a length: its number and its bytes.
std::string field(int number, const std::string& bytes) {
  std::string out(1, static_cast<char>(number << 3 | 2));
  out += static_cast<char>(bytes.size());
  return out + bytes;
}

std::string entry(const std::string& key, const std::string& value) {
  return field(1, key) + field(2, value);
}

std::string model() {
  const std::string open_dim = field(2, "\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01");
  const std::string ten = field(2, "\x08\x0a");
  const std::string input = field(1, "in_x:0") + "\x10\x01" + field(3, open_dim + ten);
  const std::string output = field(1, "out:1") + "\x10\x07" + field(3, "\x18\x01");
  const std::string signature = field(1, entry("x", input)) + field(2, entry("y", output)) +
                                field(3, "tensorflow/serving/predict");
  const std::string info = field(4, "serve") + field(5, "2.15.1");
  return "\x08\x01" + field(2, field(1, info) + field(5, entry("serving_default", signature)));
}

}  // namespace

TEST_CASE("Tags, version and signatures of a SavedModel are read", "[tensorflow][saved_model]") {
  const auto graphs = alinktf::take(tensorflow::parse_saved_model(model()));
  REQUIRE(graphs.size() == 1);
  CHECK(graphs[0].tags == std::vector<std::string>{"serve"});
  CHECK(graphs[0].tensorflow_version == "2.15.1");
  REQUIRE(graphs[0].signatures.size() == 1);
  const auto& signature = graphs[0].signatures[0];
  CHECK(signature.key == "serving_default");
  REQUIRE(signature.inputs.size() == 1);
  CHECK(signature.inputs[0].key == "x");
  CHECK(signature.inputs[0].tensor == "in_x:0");
  CHECK(signature.inputs[0].type == tensorflow::DataType::kFloat);
  CHECK(signature.inputs[0].dims == std::vector<std::int64_t>{-1, 10});
  REQUIRE(signature.outputs.size() == 1);
  CHECK(signature.outputs[0].type == tensorflow::DataType::kString);
  CHECK(signature.outputs[0].unknown_rank);
}

TEST_CASE("What is no SavedModel is refused", "[tensorflow][saved_model]") {
  CHECK_FALSE(tensorflow::parse_saved_model("").ok());
  CHECK_FALSE(tensorflow::parse_saved_model("this is text").ok());
  const std::string whole = model();
  for (std::size_t size = 3; size < whole.size(); ++size) {
    CHECK_FALSE(tensorflow::parse_saved_model(std::string_view(whole).substr(0, size)).ok());
  }
}
