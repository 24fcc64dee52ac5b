#include "source/shapes.hpp"

#include "table/nested.hpp"
#include "unit/source/rows.hpp"

#include <catch2/catch.hpp>

#include <numeric>

namespace alinktf::source {
namespace {

using Shape = std::vector<std::int64_t>;

/// Rows of one column of float tensors; nothing is a null.
class Tensors {
 public:
  explicit Tensors(const std::vector<std::optional<Shape>>& shapes) : block(1) {
    for (const auto& shape : shapes) {
      *block.next_row() = shape ? cell(*shape) : table::Cell::of_null();
      block.add_row();
    }
  }

  table::RowBlock block;

 private:
  table::Cell cell(const Shape& shape) {
    Buffer& bytes = bytes_.emplace_back();
    table::append_tensor_head(bytes, table::Element::kFloat, shape);
    const auto size =
        std::accumulate(shape.begin(), shape.end(), std::int64_t{1}, std::multiplies<>());
    const std::vector<float> values(static_cast<std::size_t>(size));
    table::append_values(bytes, std::span<const float>(values));
    return table::Cell::of_bytes(bytes.view());
  }

  std::deque<Buffer> bytes_;
};

TensorShapes shapes_of(const std::vector<std::optional<Shape>>& shapes) {
  ShapeWatch watch(schema_of("d float_tensor"));
  watch.look(Tensors(shapes).block);
  return watch.result();
}

TEST_CASE("The first value gives a column its shape", "[source][shapes]") {
  const auto same = shapes_of({std::nullopt, Shape{2, 2}, Shape{2, 2}, std::nullopt});
  CHECK(same.json == R"({"d":[2,2]})");
  CHECK(same.changing.empty());
  CHECK(shapes_of({Shape{}}).json == R"({"d":[]})");
}

TEST_CASE("A column whose values differ in shape is named", "[source][shapes]") {
  const auto other = shapes_of({Shape{2, 2}, Shape{4}, Shape{2, 2}});
  CHECK(other.json == R"({"d":[2,2]})");
  CHECK(other.changing == std::vector<std::string>{"d"});
  CHECK(shapes_of({Shape{2, 2}, Shape{2, 3}}).changing.size() == 1);
}

TEST_CASE("A column without a value has no shape", "[source][shapes]") {
  CHECK(shapes_of({std::nullopt}).json == "{}");
  CHECK(shapes_of({}).json == "{}");
}

TEST_CASE("Columns of single values are left out", "[source][shapes]") {
  ShapeWatch watch(schema_of("a long"));
  table::RowBlock block(1);
  block.next_row()->integer = 1;
  block.add_row();
  watch.look(block);
  CHECK(watch.result().json == "{}");
}

TEST_CASE("A vector's shape is its size", "[source][shapes]") {
  Buffer dense;
  table::append_dense_vector_head(dense, 3);
  table::append_values(dense, std::span<const double>(std::vector<double>{1, 2, 3}));
  Buffer sparse;
  table::append_sparse_vector(sparse, 5, std::vector<std::int64_t>{1}, std::vector<double>{2});
  Buffer sizeless;
  table::append_sparse_vector(sizeless,
                              table::NestedView::kUnknownSize,
                              std::vector<std::int64_t>{0, 3},
                              std::vector<double>{1, 2});
  ShapeWatch watch(schema_of("d dense_vector, s sparse_vector, v vector"));
  table::RowBlock block(3);
  table::Cell* const row = block.next_row();
  row[0] = table::Cell::of_bytes(dense.view());
  row[1] = table::Cell::of_bytes(sparse.view());
  row[2] = table::Cell::of_bytes(sizeless.view());
  block.add_row();
  watch.look(block);
  CHECK(watch.result().json == R"({"d":[3],"s":[5],"v":[4]})");
}

TEST_CASE("What another watch has seen later is added", "[source][shapes]") {
  const auto schema = schema_of("d float_tensor");
  const auto watch = [&](const std::vector<std::optional<Shape>>& shapes) {
    ShapeWatch made(schema);
    made.look(Tensors(shapes).block);
    return made;
  };
  ShapeWatch all(schema);
  all.add(watch({std::nullopt}));
  CHECK(all.result().json == "{}");
  all.add(watch({Shape{3}}));
  all.add(watch({Shape{3}, std::nullopt}));
  all.add(watch({}));
  CHECK(all.result().changing.empty());
  all.add(watch({Shape{1, 3}}));
  CHECK(all.result().json == R"({"d":[3]})");
  CHECK(all.result().changing == std::vector<std::string>{"d"});
}

TEST_CASE("Column names are JSON texts", "[source][shapes]") {
  ShapeWatch watch({{"a\"\\\n", table::ColumnType::kTensor}});
  watch.look(Tensors({Shape{1}}).block);
  CHECK(watch.result().json == R"({"a\"\\\u000a":[1]})");
}

}  // namespace
}  // namespace alinktf::source
