#include "formats/columns/encoder.hpp"

#include "formats/chunk/chunk.hpp"
#include "unit/result.hpp"

#include <catch2/catch.hpp>

#include <bit>
#include <cmath>

namespace alinktf::columns {
namespace {

using Catch::Contains;
using table::Cell;

table::Schema schema_of(std::string_view text) {
  return take(table::parse_schema(text));
}

table::RowBlock block_of(const std::vector<std::vector<Cell>>& rows) {
  table::RowBlock block(rows.front().size(), rows.size());
  for (const auto& row : rows) {
    std::copy(row.begin(), row.end(), block.next_row());
    block.add_row();
  }
  return block;
}

/// The parts of a payload.
std::vector<std::string> parts_of(const Buffer& payload) {
  std::vector<std::string> parts;
  for (std::size_t at = 0; at < payload.size();) {
    const auto size = load_le<std::uint32_t>(payload.data() + at);
    parts.emplace_back(payload.view().substr(at + 4, size));
    at += 4 + size;
  }
  return parts;
}

template <typename T>
std::vector<T> numbers_of(std::string_view bytes) {
  std::vector<T> numbers(bytes.size() / sizeof(T));
  std::memcpy(numbers.data(), bytes.data(), numbers.size() * sizeof(T));
  return numbers;
}

std::string text_tensor(std::uint32_t values, std::string_view bytes) {
  std::string head(chunk::kTensorHeadBytes, '\0');
  chunk::store_tensor_head(head.data(), values);
  return head + std::string(bytes);
}

TEST_CASE("Numbers of one kind stand together, column after column", "[columns][encoder]") {
  Encoder encoder(schema_of("a double, n long, s string, b boolean, d decimal"), 10);
  const auto block = block_of({{Cell::of_real(0.5),
                                Cell::of_integer(-1),
                                Cell::of_bytes("x"),
                                Cell::of_integer(1),
                                Cell::of_bytes("1.50")},
                               {Cell::of_null(),
                                Cell::of_integer(2),
                                Cell::of_null(),
                                Cell::of_integer(0),
                                Cell::of_bytes("2")},
                               {Cell::of_real(3),
                                Cell::of_integer(3),
                                Cell::of_bytes("yz"),
                                Cell::of_integer(1),
                                Cell::of_null()}});
  CHECK(take(encoder.append(block, 0, 1)) == 3);
  Buffer payload;
  encoder.finish(payload);
  const auto parts = parts_of(payload);
  REQUIRE(parts.size() == 2);
  CHECK(numbers_of<std::int64_t>(parts[0].substr(0, 48)) ==
        std::vector<std::int64_t>{-1, 2, 3, 1, 0, 1});
  const auto floats = numbers_of<float>(parts[0].substr(48));
  REQUIRE(floats.size() == 6);
  CHECK(floats[0] == 0.5F);
  CHECK(std::isnan(floats[1]));
  CHECK(floats[2] == 3.0F);
  CHECK(floats[3] == 1.5F);
  CHECK(floats[4] == 2.0F);
  CHECK(std::isnan(floats[5]));
  CHECK(parts[1] == text_tensor(3, {"\x42\x01x\x42\x00\x42\x02yz", 9}));
}

TEST_CASE("A chunk is full at its rows, and the next one begins anew", "[columns][encoder]") {
  Encoder encoder(schema_of("n int"), 2);
  const auto block = block_of({{Cell::of_integer(0)},
                               {Cell::of_integer(1)},
                               {Cell::of_integer(2)},
                               {Cell::of_integer(3)},
                               {Cell::of_integer(4)}});
  CHECK(take(encoder.append(block, 0, 2)) == 2);  // 0 and 2
  CHECK(encoder.full());
  CHECK(take(encoder.append(block, 4, 2)) == 0);
  Buffer payload;
  encoder.finish(payload);
  CHECK(numbers_of<std::int64_t>(parts_of(payload).at(0)) == std::vector<std::int64_t>{0, 2});
  CHECK(take(encoder.append(block, 4, 2)) == 1);
  payload.clear();
  encoder.finish(payload);
  CHECK(numbers_of<std::int64_t>(parts_of(payload).at(0)) == std::vector<std::int64_t>{4});
}

TEST_CASE("Vectors and tensors are tensors of their own", "[columns][encoder]") {
  Encoder encoder(schema_of("v vector, t string_tensor"), 10);
  Buffer dense;
  table::append_dense_vector_head(dense, 2);
  const double values[] = {1, 2};
  table::append_values<double>(dense, values);
  Buffer sparse;
  const std::int64_t positions[] = {1};
  const double three[] = {3};
  table::append_sparse_vector(sparse, 2, positions, three);
  Buffer texts;
  const std::int64_t dims[] = {1, 1};
  table::append_tensor_head(texts, table::Element::kString, dims);
  const std::string_view text[] = {"a"};
  table::append_texts(texts, text);
  const auto block = block_of({{Cell::of_bytes(dense.view()), Cell::of_bytes(texts.view())},
                               {Cell::of_bytes(sparse.view()), Cell::of_bytes(texts.view())}});
  CHECK(take(encoder.append(block, 0, 1)) == 2);
  Buffer payload;
  encoder.finish(payload);
  const auto parts = parts_of(payload);
  REQUIRE(parts.size() == 2);
  // DT_FLOAT, shape {2, 2}, tensor_content of 16 bytes.
  const std::string head("\x08\x01\x12\x08\x12\x02\x08\x02\x12\x02\x08\x02\x22\x10", 14);
  CHECK(parts[0].substr(0, 14) == head);
  CHECK(numbers_of<float>(parts[0].substr(14)) == std::vector<float>{1, 2, 0, 3});
  CHECK(parts[1] == std::string("\x08\x07\x12\x0C\x12\x02\x08\x02\x12\x02\x08\x01\x12\x02\x08\x01"
                                "\x42\x01"
                                "a\x42\x01"
                                "a",
                                22));
}

TEST_CASE("What has no dense form is an error that names the column and the row",
          "[columns][encoder]") {
  CHECK_THAT(Encoder::check(schema_of("a int, t tensor")).error().str(), Contains("column 't'"));
  CHECK(Encoder::check(schema_of("a int, v vector")).ok());
  Encoder encoder(schema_of("n int"), 10);
  const auto nulls = block_of({{Cell::of_integer(1)}, {Cell::of_null()}});
  const auto appended = encoder.append(nulls, 0, 1);
  REQUIRE_FALSE(appended.ok());
  CHECK_THAT(appended.error().str(), Contains("column 'n' (INT): found null"));
  CHECK(encoder.bad_row() == 1);
  Buffer one;
  table::append_dense_vector_head(one, 0);
  Buffer two;
  table::append_dense_vector_head(two, 1);
  const double value[] = {1};
  table::append_values<double>(two, value);
  Encoder vectors(schema_of("v vector"), 10);
  const auto shapes = block_of({{Cell::of_bytes(one.view())}, {Cell::of_bytes(two.view())}});
  const auto differ = vectors.append(shapes, 0, 1);
  REQUIRE_FALSE(differ.ok());
  CHECK_THAT(differ.error().str(), Contains("found the shape [1], expected [0]"));
}

}  // namespace
}  // namespace alinktf::columns
