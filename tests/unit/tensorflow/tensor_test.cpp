#include "tensorflow/tensor.hpp"

#include "unit/result.hpp"

#include <catch2/catch.hpp>

using alinktf::Buffer;
namespace tensorflow = alinktf::tensorflow;
using tensorflow::DataType;
using tensorflow::TensorView;

namespace {

std::string numbers(const std::vector<float>& values) {
  return {reinterpret_cast<const char*>(values.data()), values.size() * sizeof(float)};
}

}  // namespace

TEST_CASE("Tensors that are written one after the other are read back", "[tensorflow][tensor]") {
  const std::string floats = numbers({1, 2, 3});
  const std::string texts("\x01\0\0\0\x02\0\0\0abc", 11);
  Buffer out;
  tensorflow::append_tensor(out, {.type = DataType::kFloat, .dims = {3, 1}, .bytes = floats});
  tensorflow::append_tensor(out, {.type = DataType::kString, .dims = {2}, .bytes = texts});
  tensorflow::append_tensor(out, {.type = DataType::kInt64, .dims = {0, 5}, .bytes = {}});
  std::vector<TensorView> tensors;
  REQUIRE(tensorflow::read_tensors(out.view(), tensors).ok());
  REQUIRE(tensors.size() == 3);
  CHECK(tensors[0].dims == std::vector<std::int64_t>{3, 1});
  CHECK(tensors[0].bytes == floats);
  std::vector<std::string> read;
  tensors[1].for_each_text([&](std::string_view text) { read.emplace_back(text); });
  CHECK(read == std::vector<std::string>{"a", "bc"});
  CHECK(tensors[2].count() == 0);
}

TEST_CASE("Bytes that are no list of tensors are refused", "[tensorflow][tensor]") {
  Buffer out;
  const std::string floats = numbers({1, 2, 3});
  tensorflow::append_tensor(out, {.type = DataType::kFloat, .dims = {3}, .bytes = floats});
  std::vector<TensorView> tensors;
  SECTION("cut anywhere") {
    for (std::size_t size = 1; size < out.size(); ++size) {
      CHECK_FALSE(tensorflow::read_tensors(out.view().substr(0, size), tensors).ok());
    }
  }
  SECTION("another shape") {
    alinktf::store_le(out.data() + 16, std::int64_t{4});
    CHECK_FALSE(tensorflow::read_tensors(out.view(), tensors).ok());
    alinktf::store_le(out.data() + 16, std::int64_t{-3});
    CHECK_FALSE(tensorflow::read_tensors(out.view(), tensors).ok());
  }
  SECTION("a text longer than the bytes") {
    Buffer texts;
    tensorflow::append_tensor(
        texts,
        {.type = DataType::kString, .dims = {1}, .bytes = std::string_view("\x09\0\0\0abc", 7)});
    CHECK_FALSE(tensorflow::read_tensors(texts.view(), tensors).ok());
  }
}
