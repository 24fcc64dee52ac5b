#include "predict/output_unpacker.hpp"

#include "formats/text_form/java_number.hpp"
#include "formats/text_form/nested_text.hpp"
#include "unit/predict/sample.hpp"

#include <cmath>

namespace alinktf::predict {
namespace {

using table::Cell;
using tensorflow::DataType;
using tensorflow::TensorView;

template <typename T>
std::string packed(const std::vector<T>& values) {
  return {reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T)};
}

std::string show_cell(const Cell& cell, table::ColumnType type) {
  switch (table::storage(type)) {
    case table::Storage::kInteger:
      return std::to_string(cell.integer);
    case table::Storage::kReal: {
      Buffer out;
      text_form::append_java_double(cell.real, out);
      return std::string(out.view());
    }
    case table::Storage::kNested: {
      Buffer out;
      text_form::append_nested(cell.bytes(), out);
      return std::string(out.view());
    }
    default:
      return std::string(cell.bytes());
  }
}

/// The cells of `rows` rows, or the error.
std::vector<std::string> unpacked(const std::string& column,
                                  const TensorView& tensor,
                                  std::size_t rows,
                                  Style style = Style::kRow,
                                  const std::vector<std::uint32_t>& parts = {}) {
  const auto schema = take(table::parse_schema("y " + column));
  OutputUnpacker unpacker({.info = info("y", tensor.type, tensor.dims), .column = schema[0]},
                          style);
  std::vector<Cell> cells(rows);
  table::Arena arena;
  const auto done = unpacker.unpack(tensor,
                                    {.count = rows, .parts = parts, .whole = false},
                                    {.cells = cells.data(), .stride = 1, .arena = arena});
  if (!done.ok()) {
    return {done.error().str()};
  }
  std::vector<std::string> out;
  for (const Cell& cell : cells) {
    out.push_back(show_cell(cell, schema[0].type));
  }
  return out;
}

using Texts = std::vector<std::string>;

TEST_CASE("A float becomes the double of its own digits", "[predict][output_unpacker]") {
  const std::string values = packed<float>({0.1F, -0.0019831806F, 3.0F, 16777216.0F});
  CHECK(unpacked("double", {.type = DataType::kFloat, .dims = {4, 1}, .bytes = values}, 4) ==
        Texts{"0.1", "-0.0019831806", "3.0", "1.6777216E7"});
}

TEST_CASE("Whole numbers lose fractions, and refuse what they cannot hold",
          "[predict][output_unpacker]") {
  const std::string values = packed<double>({2.9, -2.9});
  CHECK(unpacked("int", {.type = DataType::kDouble, .dims = {2}, .bytes = values}, 2) ==
        Texts{"2", "-2"});
  const std::string nan = packed<double>({std::nan("")});
  CHECK_THAT(
      unpacked("int", {.type = DataType::kDouble, .dims = {1}, .bytes = nan}, 1).front(),
      Catch::Contains("which INT does not hold") || Catch::Contains("INTEGER does not hold"));
}

TEST_CASE("A STRING holds all values, a tensor their shape", "[predict][output_unpacker]") {
  const std::string values = packed<float>({1, 2, 3, 4});
  const TensorView tensor{.type = DataType::kFloat, .dims = {2, 2}, .bytes = values};
  CHECK(unpacked("string", tensor, 2) == Texts{"1.0 2.0", "3.0 4.0"});
  CHECK(unpacked("tensor", tensor, 2) == Texts{"FLOAT#2#1.0 2.0 ", "FLOAT#2#3.0 4.0 "});
  CHECK(unpacked("tensor", tensor, 2, Style::kWhole) ==
        Texts{"FLOAT#1,2#1.0 2.0 ", "FLOAT#1,2#3.0 4.0 "});
  CHECK(unpacked("double_tensor", tensor, 2) == Texts{"DOUBLE#2#1.0 2.0 ", "DOUBLE#2#3.0 4.0 "});
  CHECK(unpacked("vector", tensor, 2) == Texts{"1.0 2.0", "3.0 4.0"});
  CHECK_THAT(unpacked("int_tensor", tensor, 2).front(), Catch::Contains("does not hold"));
}

TEST_CASE("Rows of several entries get theirs", "[predict][output_unpacker]") {
  const std::string texts("\x01\0\0\0\x02\0\0\0\x03\0\0\0abbccc", 18);
  const TensorView tensor{.type = DataType::kString, .dims = {3}, .bytes = texts};
  CHECK(unpacked("string", tensor, 2, Style::kWhole, {1, 2}) == Texts{"a", "bb ccc"});
  CHECK(unpacked("string_tensor", tensor, 2, Style::kWhole, {2, 1}).back() == "STRING#1#3 #ccc ");
}

}  // namespace
}  // namespace alinktf::predict
