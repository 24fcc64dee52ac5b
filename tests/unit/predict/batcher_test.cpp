#include "predict/batcher.hpp"

#include "formats/text_form/nested_text.hpp"
#include "unit/predict/sample.hpp"

namespace alinktf::predict {
namespace {

using table::Cell;
using tensorflow::DataType;

/// What becomes of the cells of one column `x` of `type` in an input of `wanted`: each batch as
/// show() has it, and each row that does not fit as "number: reason".
std::vector<std::string> batches(const std::string& type,
                                 const tensorflow::TensorInfo& wanted,
                                 Style style,
                                 const std::vector<Cell>& cells,
                                 std::size_t most = 100) {
  const auto binding = take(
      predict::bind(job_of(style), signature_of({wanted}), take(table::parse_schema("x " + type))));
  std::vector<std::string> out;
  Batcher batcher(binding,
                  most,
                  {.take =
                       [&](Batch& batch) {
                         out.push_back(show(batch.request.view()));
                         CHECK(batch.kept.size() == batch.rows);
                         return Result<void>();
                       },
                   .reject =
                       [&](const table::RowBlock&, const UnfitRow& row, std::uint64_t number) {
                         out.push_back(fmt::format("{}: {}", number, row.reason));
                         return Result<void>();
                       }});
  std::vector<std::uint64_t> numbers;
  for (std::size_t i = 1; i <= cells.size(); ++i) {
    numbers.push_back(i);
  }
  take(batcher.add(block_of(cells), numbers));
  take(batcher.flush());
  return out;
}

using Texts = std::vector<std::string>;

const auto kFloats = info("x", DataType::kFloat, {-1});
const auto kPairs = info("x", DataType::kFloat, {-1, 2});
const auto kLongs = info("x", DataType::kInt64, {-1});
const auto kStrings = info("x", DataType::kString, {-1});

TEST_CASE("Numbers become one tensor for as many rows as a batch has", "[predict][batcher]") {
  const std::vector<Cell> cells = {Cell::of_real(1.5), Cell::of_real(-2), Cell::of_real(3)};
  CHECK(batches("double", kFloats, Style::kRow, cells, 2) ==
        Texts{"float32 of shape [2]: 1.5 -2", "float32 of shape [1]: 3"});
  CHECK(batches("double", kFloats, Style::kWhole, cells) ==
        Texts{"float32 of shape [3]: 1.5 -2 3"});
}

TEST_CASE("Rows that do not fit are told, and the others go on", "[predict][batcher]") {
  const auto out =
      batches("double",
              kLongs,
              Style::kRow,
              {Cell::of_real(1), Cell::of_null(), Cell::of_real(2.5), Cell::of_real(4)});
  REQUIRE(out.size() == 3);
  CHECK(out[0] ==
        "2: column 'x': it is null; the signature's input 'x' wants int64 of shape [] in "
        "each row");
  CHECK_THAT(out[1], Catch::StartsWith("3: column 'x': found 2.5; "));
  CHECK(out[2] == "int64 of shape [2]: 1 4");
}

TEST_CASE("Texts are lists of values, with a shape if that is not clear", "[predict][batcher]") {
  CHECK(batches("string", kPairs, Style::kRow, {text("1 2"), text("3,\t4")}) ==
        Texts{"float32 of shape [2, 2]: 1 2 3 4"});
  CHECK(batches("string", kPairs, Style::kWhole, {text("1 2"), text("$2 2$ 3 4 5 6")}) ==
        Texts{"float32 of shape [3, 2]: 1 2 3 4 5 6"});
  const auto open = info("x", DataType::kFloat, {-1, -1});
  CHECK(batches("string", open, Style::kRow, {text("1 2"), text("3"), text("4")}) ==
        Texts{"float32 of shape [1, 2]: 1 2", "float32 of shape [2, 1]: 3 4"});
  CHECK_THAT(batches("string", open, Style::kWhole, {text("1 2")}).front(),
             Catch::Contains("the shape of 2 values is not clear"));
  CHECK_THAT(batches("string", kPairs, Style::kRow, {text("1 2 3")}).front(),
             Catch::Contains("found 3 values, but the signature wants float32 of shape [2]"));
  CHECK_THAT(batches("string", kLongs, Style::kRow, {text("3.0")}).front(),
             Catch::Contains("value 1 is '3.0', expected a whole number"));
}

TEST_CASE("Tensors go where their type and shape fit", "[predict][batcher]") {
  CHECK(batches("string", kPairs, Style::kRow, {text("DOUBLE#2#1.0 2.0 ")}) ==
        Texts{"float32 of shape [1, 2]: 1 2"});
  CHECK_THAT(batches("string", kPairs, Style::kRow, {text("INT#2#1 2 ")}).front(),
             Catch::Contains("found a INT tensor"));
  CHECK_THAT(
      batches("string", kPairs, Style::kWhole, {text("FLOAT#2#1.0 2.0 ")}).front(),
      Catch::Contains("found the shape [2], but the signature wants float32 of shape [-1, 2]"));
  Buffer bytes;
  take(text_form::parse_nested(table::ColumnType::kVector, "5 6", bytes));
  CHECK(batches("vector", kPairs, Style::kRow, {Cell::of_bytes(bytes.view())}) ==
        Texts{"float32 of shape [1, 2]: 5 6"});
}

TEST_CASE("Inputs of strings get the texts that Java has for values", "[predict][batcher]") {
  CHECK(batches("string", kStrings, Style::kRow, {text("a b"), text("$1$ c")}) ==
        Texts{"string of shape [2]: a b $1$ c"});
  CHECK(batches("double", kStrings, Style::kRow, {Cell::of_real(1), Cell::of_real(1e7)}) ==
        Texts{"string of shape [2]: 1.0 1.0E7"});
  CHECK(batches("boolean", kStrings, Style::kRow, {Cell::of_integer(1)}) ==
        Texts{"string of shape [1]: true"});
}

}  // namespace
}  // namespace alinktf::predict
