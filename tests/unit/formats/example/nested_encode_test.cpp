// Vectors and tensors into Examples.
#include "formats/example/decoder.hpp"
#include "formats/example/encoder.hpp"
#include "table/nested.hpp"
#include "unit/result.hpp"

#include <catch2/catch.hpp>

#include <array>
#include <numeric>
#include <random>
#include <vector>

#include <formats/example/example.pb.h>

namespace alinktf::example {
namespace {

using Catch::Contains;
using table::Cell;
using table::ColumnType;
using table::Element;
using table::NestedView;

using Dims = std::vector<std::int64_t>;

std::string encoded(ColumnType type, std::string_view value) {
  Encoder encoder({{"x", type}});
  Buffer out;
  const Cell cell = Cell::of_bytes(value);
  take(encoder.append({&cell, 1}, out));
  return std::string(out.view());
}

std::string serialized(const proto::Feature& feature) {
  proto::Example example;
  (*example.mutable_features()->mutable_feature())["x"] = feature;
  return example.SerializeAsString();
}

/// A tensor of the numbers that `make` makes, and the Feature that they should become.
template <typename T, typename Make, typename Add>
void check_tensor(ColumnType type, Element element, const Dims& dims, Make&& make, Add&& add) {
  std::size_t count = 1;
  for (const std::int64_t dim : dims) {
    count *= static_cast<std::size_t>(dim);
  }
  std::vector<T> values(count);
  proto::Feature feature;
  for (T& value : values) {
    value = make();
    add(feature, value);
  }
  Buffer bytes;
  table::append_tensor_head(bytes, element, dims);
  table::append_values(bytes, std::span<const T>(values));
  CAPTURE(table::type_name(type), count);
  const bool same = encoded(type, bytes.view()) == serialized(feature);
  CHECK(same);
}

void add_float(proto::Feature& feature, double value) {
  feature.mutable_float_list()->add_value(static_cast<float>(value));
}

void add_integer(proto::Feature& feature, std::int64_t value) {
  feature.mutable_int64_list()->add_value(value);
}

TEST_CASE("Tensors of numbers have the bytes that protobuf writes", "[example][nested]") {
  std::mt19937_64 random(31);
  const auto real = [&] { return std::ldexp(static_cast<double>(random()), -60); };
  const auto integer = [&] { return static_cast<std::int64_t>(random()) >> (random() % 64); };
  for (const Dims& dims : {Dims{1}, Dims{7}, Dims{40, 3}, Dims{2, 3, 1, 50}, Dims{}}) {
    const auto as_float = [&] { return static_cast<float>(real()); };
    check_tensor<float>(ColumnType::kFloatTensor, Element::kFloat, dims, as_float, add_float);
    check_tensor<double>(ColumnType::kDoubleTensor, Element::kDouble, dims, real, add_float);
    check_tensor<std::int64_t>(ColumnType::kLongTensor, Element::kLong, dims, integer, add_integer);
    check_tensor<std::int64_t>(ColumnType::kTensor, Element::kLong, dims, integer, add_integer);
    const auto as_int = [&] { return static_cast<std::int32_t>(integer()); };
    check_tensor<std::int32_t>(ColumnType::kIntTensor, Element::kInt, dims, as_int, add_integer);
    const auto as_bool = [&] { return static_cast<std::uint8_t>(random() % 2); };
    check_tensor<std::uint8_t>(
        ColumnType::kBoolTensor, Element::kBoolean, dims, as_bool, add_integer);
    const auto as_byte = [&] { return static_cast<std::uint8_t>(random()); };
    check_tensor<std::uint8_t>(
        ColumnType::kUbyteTensor, Element::kUbyte, dims, as_byte, add_integer);
  }
}

TEST_CASE("A tensor without values is a list without values", "[example][nested]") {
  Buffer floats;
  table::append_tensor_head(floats, Element::kFloat, Dims{3, 0});
  proto::Feature feature;
  feature.mutable_float_list();
  CHECK(encoded(ColumnType::kFloatTensor, floats.view()) == serialized(feature));
  Buffer longs;
  table::append_tensor_head(longs, Element::kLong, Dims{0});
  feature.mutable_int64_list();
  CHECK(encoded(ColumnType::kTensor, longs.view()) == serialized(feature));
  Buffer bytes;
  table::append_tensor_head(bytes, Element::kByte, Dims{0, 2});
  feature.mutable_bytes_list();
  CHECK(encoded(ColumnType::kByteTensor, bytes.view()) == serialized(feature));
}

TEST_CASE("A STRING_TENSOR has one bytes value a text", "[example][nested]") {
  Buffer bytes;
  const std::string large(20'000, 'l');
  table::append_tensor_head(bytes, Element::kString, Dims{2, 2});
  table::append_texts(bytes, std::vector<std::string_view>{"é", "", large, std::string_view()});
  proto::Feature feature;
  for (const std::string& text : {std::string("é"), std::string(), large, std::string()}) {
    feature.mutable_bytes_list()->add_value(text);
  }
  CHECK(encoded(ColumnType::kStringTensor, bytes.view()) == serialized(feature));
}

TEST_CASE("A BYTE_TENSOR has one bytes value for each run along its last axis",
          "[example][nested]") {
  struct Case {
    Dims dims;
    std::vector<std::string> values;
  };
  const std::string all = "abcdefghijkl";
  for (const Case& test : {Case{{12}, {all}},
                           Case{{2, 6}, {"abcdef", "ghijkl"}},
                           Case{{2, 2, 3}, {"abc", "def", "ghi", "jkl"}},
                           Case{{}, {"a"}},
                           Case{{0}, {""}},
                           Case{{2, 0}, {"", ""}}}) {
    Buffer bytes;
    table::append_tensor_head(bytes, Element::kByte, test.dims);
    const auto count = static_cast<std::size_t>(
        std::accumulate(test.dims.begin(), test.dims.end(), std::int64_t{1}, std::multiplies<>()));
    bytes.append(all.substr(0, count));
    proto::Feature feature;
    for (const std::string& value : test.values) {
      feature.mutable_bytes_list()->add_value(value);
    }
    CAPTURE(test.dims.size(), count);
    CHECK(encoded(ColumnType::kByteTensor, bytes.view()) == serialized(feature));
  }
}

TEST_CASE("Vectors become a float_list, sparse ones a dense one", "[example][nested]") {
  Buffer dense;
  table::append_dense_vector_head(dense, 3);
  table::append_values(dense, std::span<const double>(std::array<double, 3>{0.1, -2, 0}));
  proto::Feature feature;
  for (const double value : {0.1, -2.0, 0.0}) {
    add_float(feature, value);
  }
  CHECK(encoded(ColumnType::kVector, dense.view()) == serialized(feature));
  CHECK(encoded(ColumnType::kDenseVector, dense.view()) == serialized(feature));

  const std::array<std::int64_t, 2> positions = {1, 3};
  const std::array<double, 2> values = {0.1, 7};
  feature.Clear();
  for (const double value : {0.0, 0.1, 0.0, 7.0}) {
    add_float(feature, value);
  }
  Buffer unknown;
  table::append_sparse_vector(unknown, NestedView::kUnknownSize, positions, values);
  CHECK(encoded(ColumnType::kSparseVector, unknown.view()) == serialized(feature));
  CHECK(encoded(ColumnType::kVector, unknown.view()) == serialized(feature));
  add_float(feature, 0);
  Buffer sized;
  table::append_sparse_vector(sized, 5, positions, values);
  CHECK(encoded(ColumnType::kSparseVector, sized.view()) == serialized(feature));
}

std::string sparse_failure(std::int64_t size, std::int64_t position) {
  const std::array<std::int64_t, 1> positions = {position};
  const std::array<double, 1> values = {1};
  Buffer bytes;
  table::append_sparse_vector(bytes, size, positions, values);
  Encoder encoder({{"x", ColumnType::kSparseVector}});
  Buffer out;
  out.append("before");
  const Cell cell = Cell::of_bytes(bytes.view());
  const std::string text = failure(encoder.append_framed({&cell, 1}, out), ErrorCode::kInput);
  CHECK(out.view() == "before");
  return text;
}

TEST_CASE("A sparse vector that is too large as a dense one is an error", "[example][nested]") {
  CHECK(sparse_failure(67'108'865, 0) ==
        "column 'x' (SPARSE_VECTOR): found a sparse vector of size 67108865, expected at most "
        "67108864 and positions below the size; it becomes a dense list");
  CHECK_THAT(sparse_failure(NestedView::kUnknownSize, std::int64_t{1} << 40U),
             Contains("size 1099511627777"));
  CHECK_THAT(sparse_failure(5, 5), Contains("positions below the size"));
  CHECK_THAT(sparse_failure(5, -1), Contains("positions below the size"));
}

TEST_CASE("Rows of nested and of other columns come back as they were", "[example][nested]") {
  const table::Schema schema = {{"id", ColumnType::kLong},
                                {"t", ColumnType::kLongTensor},
                                {"s", ColumnType::kString},
                                {"v", ColumnType::kDenseVector},
                                {"last", ColumnType::kFloat}};
  Encoder encoder(schema);
  Decoder decoder(schema);
  std::mt19937_64 random(32);
  for (std::int64_t i = 0; i < 2000; ++i) {
    std::vector<std::int64_t> longs(1 + random() % 200, i);
    Buffer tensor;
    table::append_tensor_head(
        tensor, Element::kLong, Dims{static_cast<std::int64_t>(longs.size())});
    table::append_values(tensor, std::span<const std::int64_t>(longs));
    Buffer vector;
    table::append_dense_vector_head(vector, 2);
    table::append_values(vector, std::span<const double>(std::array<double, 2>{0.5, 4}));
    const std::string text(random() % 300, 't');
    const bool null = random() % 4 == 0;
    const std::array<Cell, 5> row = {Cell::of_integer(i),
                                     Cell::of_bytes(tensor.view()),
                                     Cell::of_bytes(text),
                                     null ? Cell::of_null() : Cell::of_bytes(vector.view()),
                                     Cell::of_real(0.5)};
    Buffer out;
    take(encoder.append(row, out));
    std::array<Cell, 5> back{};
    take(decoder.decode(out.view(), back.data()));
    const bool same = back[0].integer == i && back[1].bytes() == tensor.view() &&
                      back[2].bytes() == text && back[3].null == null &&
                      (null || back[3].bytes() == vector.view()) && back[4].real == 0.5;
    if (!same) {
      FAIL_CHECK(i);
    }
  }
}

}  // namespace
}  // namespace alinktf::example
