#include "table/nested.hpp"

#include <catch2/catch.hpp>

#include <array>
#include <string>
#include <vector>

namespace alinktf::table {
namespace {

/// The bytes at an odd address, as they may lie in a cell.
class Unaligned {
 public:
  explicit Unaligned(const Buffer& bytes) : text_("x" + std::string(bytes.view())) {}
  [[nodiscard]] NestedView view() const { return NestedView(std::string_view(text_).substr(1)); }

 private:
  std::string text_;
};

template <typename T>
Buffer tensor(Element element, std::vector<std::int64_t> dims, const std::vector<T>& values) {
  Buffer out;
  append_tensor_head(out, element, dims);
  append_values<T>(out, values);
  return out;
}

TEST_CASE("A tensor has its shape and its values", "[table][nested]") {
  const Unaligned floats(tensor<float>(Element::kFloat, {2, 1}, {1.5F, -2.0F}));
  const NestedView view = floats.view();
  CHECK(view.kind() == NestedKind::kTensor);
  CHECK(view.element() == Element::kFloat);
  CHECK(view.rank() == 2);
  CHECK(view.dim(0) == 2);
  CHECK(view.dim(1) == 1);
  CHECK(view.count() == 2);
  CHECK(view.real(1) == -2.0);
}

TEST_CASE("Every kind of number comes back", "[table][nested]") {
  CHECK(Unaligned(tensor<double>(Element::kDouble, {1}, {0.1})).view().real(0) == 0.1);
  CHECK(Unaligned(tensor<std::int32_t>(Element::kInt, {2}, {1, -2})).view().integer(1) == -2);
  const auto large = std::int64_t{1} << 62;
  CHECK(Unaligned(tensor<std::int64_t>(Element::kLong, {1}, {large})).view().integer(0) == large);
  CHECK(Unaligned(tensor<std::int8_t>(Element::kByte, {1}, {-128})).view().integer(0) == -128);
  CHECK(Unaligned(tensor<std::uint8_t>(Element::kUbyte, {1}, {255})).view().integer(0) == 255);
  CHECK(Unaligned(tensor<std::uint8_t>(Element::kBoolean, {1}, {1})).view().real(0) == 1.0);
}

TEST_CASE("Tensor types name what their values are but for TENSOR", "[table][nested]") {
  CHECK(element_of(ColumnType::kFloatTensor) == Element::kFloat);
  CHECK(element_of(ColumnType::kUbyteTensor) == Element::kUbyte);
  CHECK(element_of(ColumnType::kStringTensor) == Element::kString);
  CHECK_FALSE(element_of(ColumnType::kTensor));
  CHECK_FALSE(element_of(ColumnType::kDenseVector));
}

TEST_CASE("A scalar has no dimensions and one value", "[table][nested]") {
  const Unaligned scalar(tensor<std::int64_t>(Element::kLong, {}, {7}));
  CHECK(scalar.view().rank() == 0);
  CHECK(scalar.view().count() == 1);
  CHECK(scalar.view().integer(0) == 7);
}

TEST_CASE("Texts may be empty and null", "[table][nested]") {
  Buffer out;
  const std::array<std::int64_t, 1> dims = {3};
  append_tensor_head(out, Element::kString, dims);
  const std::array<std::string_view, 3> texts = {"ab", std::string_view(), ""};
  append_texts(out, texts);
  const Unaligned bytes(out);
  bool null = true;
  CHECK(bytes.view().text(0, null) == "ab");
  CHECK_FALSE(null);
  CHECK(bytes.view().text(1, null).empty());
  CHECK(null);
  CHECK(bytes.view().text(2, null).empty());
  CHECK_FALSE(null);
  std::string all;
  bytes.view().for_each_text([&](std::string_view text, bool is_null) {
    all += is_null ? "(null)" : "<" + std::string(text) + ">";
  });
  CHECK(all == "<ab>(null)<>");
}

TEST_CASE("A sparse vector knows positions and what its size would be", "[table][nested]") {
  const std::array<std::int64_t, 2> positions = {1, 4};
  const std::array<double, 2> values = {0.5, 2.5};
  Buffer out;
  append_sparse_vector(out, NestedView::kUnknownSize, positions, values);
  const Unaligned bytes(out);
  CHECK(bytes.view().kind() == NestedKind::kSparseVector);
  CHECK(bytes.view().count() == 2);
  CHECK(bytes.view().position(1) == 4);
  CHECK(bytes.view().real(1) == 2.5);
  CHECK(bytes.view().dense_size() == 5);
  Buffer empty;
  append_sparse_vector(empty, 9, {}, {});
  CHECK(Unaligned(empty).view().dense_size() == 9);
}

TEST_CASE("A dense vector is its doubles", "[table][nested]") {
  Buffer out;
  append_dense_vector_head(out, 2);
  append_values<double>(out, std::array{1.0, 2.0});
  const Unaligned bytes(out);
  CHECK(bytes.view().kind() == NestedKind::kDenseVector);
  CHECK(bytes.view().dim(0) == 2);
  CHECK(bytes.view().real(1) == 2.0);
}

}  // namespace
}  // namespace alinktf::table
