// Vectors and tensors out of Examples.
#include "formats/example/decoder.hpp"
#include "table/nested.hpp"
#include "unit/formats/example/sample.hpp"
#include "unit/result.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>

namespace alinktf::example {
namespace {

using Catch::Contains;
using table::Cell;
using table::Element;
using table::NestedKind;
using table::NestedView;

/// The value of the column `x` of `type` in `sample`. Holds its bytes.
class Decoded {
 public:
  Decoded(const std::string& type, const Sample& sample)
      : decoder_({{"x", *table::parse_type(type)}}, ErrorCode::kInput),
        record_(sample.serialized()) {
    take(decoder_.decode(record_, &cell_));
  }

  [[nodiscard]] bool null() const { return cell_.null; }
  [[nodiscard]] NestedView view() const { return NestedView(cell_.bytes()); }
  /// Dimensions, a colon, values.
  [[nodiscard]] std::string text() const {
    const NestedView value = view();
    std::string out;
    for (std::size_t axis = 0; axis < value.rank(); ++axis) {
      out += std::to_string(value.dim(axis)) + " ";
    }
    out += ":";
    for (std::size_t i = 0; value.element() != Element::kString && i < value.count(); ++i) {
      out += fmt::format(" {}", value.real(i));
    }
    if (value.element() == Element::kString) {
      value.for_each_text([&](std::string_view one, bool null) {
        out += null ? " null" : fmt::format(" '{}'", one);
      });
    }
    return out;
  }

 private:
  Decoder decoder_;
  std::string record_;
  Cell cell_{};
};

std::string failure_of(const std::string& type, const Sample& sample) {
  Decoder decoder({{"x", *table::parse_type(type)}}, ErrorCode::kInput);
  Cell cell{};
  return failure(decoder.decode(sample.serialized(), &cell), ErrorCode::kInput);
}

TEST_CASE("Tensors have one dimension and the values of their list", "[example][nested]") {
  struct Case {
    const char* type = nullptr;
    Element element = Element::kFloat;
    Sample sample;
    const char* text = nullptr;
  };
  const Sample floats = Sample().floats("x", {0.5F, -2, 3});
  const Sample ints = Sample().ints("x", {1, 0, 1});
  for (const Case& test :
       {Case{"FLOAT_TENSOR", Element::kFloat, floats, "3 : 0.5 -2 3"},
        Case{"DOUBLE_TENSOR", Element::kDouble, floats, "3 : 0.5 -2 3"},
        Case{"INT_TENSOR", Element::kInt, ints, "3 : 1 0 1"},
        Case{"LONG_TENSOR", Element::kLong, ints, "3 : 1 0 1"},
        Case{"BOOL_TENSOR", Element::kBoolean, ints, "3 : 1 0 1"},
        Case{"UBYTE_TENSOR", Element::kUbyte, ints, "3 : 1 0 1"},
        Case{"TENSOR", Element::kFloat, floats, "3 : 0.5 -2 3"},
        Case{"TENSOR", Element::kLong, ints, "3 : 1 0 1"},
        Case{"TENSOR", Element::kString, Sample().bytes("x", {"a"}), "1 : 'a'"}}) {
    CAPTURE(test.type, test.text);
    const Decoded decoded(test.type, test.sample);
    CHECK(decoded.view().kind() == NestedKind::kTensor);
    CHECK(decoded.view().element() == test.element);
    CHECK(decoded.text() == test.text);
  }
}

TEST_CASE("Texts of a STRING_TENSOR are repaired, and none is null", "[example][nested]") {
  const Decoded decoded("STRING_TENSOR", Sample().bytes("x", {"é", "", "a\xFFz"}));
  CHECK(decoded.text() == "3 : 'é' '' 'a\xEF\xBF\xBDz'");
}

TEST_CASE("A BYTE_TENSOR has one row a bytes value", "[example][nested]") {
  const Decoded two("BYTE_TENSOR", Sample().bytes("x", {std::string("\x01\x02"), "\x03\xFC"}));
  CHECK(two.view().element() == Element::kByte);
  CHECK(two.text() == "2 2 : 1 2 3 -4");
  CHECK(Decoded("BYTE_TENSOR", Sample().bytes("x", {"\x05"})).text() == "1 1 : 5");
  CHECK(Decoded("BYTE_TENSOR", Sample().bytes("x", {""})).text() == "1 0 :");
  CHECK_THAT(failure_of("BYTE_TENSOR", Sample().bytes("x", {"ab", "abc"})),
             Contains("found values of 2 and of 3 bytes, expected rows of one size"));
}

TEST_CASE("Vectors are made of a float_list", "[example][nested]") {
  const Sample sample = Sample().floats("x", {0, 1.5F, 0, -0.0F});
  for (const char* type : {"VECTOR", "DENSE_VECTOR"}) {
    const Decoded decoded(type, sample);
    CHECK(decoded.view().kind() == NestedKind::kDenseVector);
    CHECK(decoded.text() == "4 : 0 1.5 0 -0");
  }
  const Decoded sparse("SPARSE_VECTOR", sample);
  CHECK(sparse.view().kind() == NestedKind::kSparseVector);
  CHECK(sparse.view().dense_size() == 4);
  REQUIRE(sparse.view().count() == 2);
  CHECK(sparse.view().position(0) == 1);
  CHECK(sparse.view().position(1) == 3);
  CHECK(sparse.view().real(0) == 1.5);
}

TEST_CASE("No values are a null of every nested type", "[example][nested]") {
  for (const char* type : {"VECTOR", "SPARSE_VECTOR", "TENSOR", "LONG_TENSOR", "BYTE_TENSOR"}) {
    CHECK(Decoded(type, Sample().nothing("x")).null());
    CHECK(Decoded(type, Sample().floats("x", {})).null());
  }
}

TEST_CASE("Values that a tensor cannot hold are an error", "[example][nested]") {
  CHECK(failure_of("UBYTE_TENSOR", Sample().ints("x", {1, 256})) ==
        "column 'x' (UBYTE_TENSOR): found 256, expected 0 to 255; declare the column as "
        "LONG_TENSOR in schemaStr if such values are right");
  CHECK_THAT(failure_of("BOOL_TENSOR", Sample().ints("x", {2})), Contains("expected 0 to 1"));
  CHECK_THAT(failure_of("INT_TENSOR", Sample().ints("x", {-2'147'483'649})),
             Contains("expected -2147483648"));
  CHECK(failure_of("DENSE_VECTOR", Sample().ints("x", {1})) ==
        "column 'x' (DENSE_VECTOR): found an int64_list, expected a float_list; declare another "
        "type in schemaStr");
}

TEST_CASE("Values in several pieces are one tensor", "[example][nested]") {
  // A Feature may be cut in two: its lists are joined.
  std::string list = std::string("\x12\x0A\x0A\x08", 4);
  for (const float value : {1.0F, 2.0F}) {
    list.append(reinterpret_cast<const char*>(&value), sizeof value);  // NOLINT
  }
  std::string entry =
      std::string("\x0A\x01x\x12", 4) + static_cast<char>(2 * list.size()) + list + list;
  entry = std::string("\x0A") + static_cast<char>(entry.size()) + entry;
  const std::string record = std::string("\x0A") + static_cast<char>(entry.size()) + entry;
  Decoder decoder({{"x", table::ColumnType::kDoubleTensor}});
  Cell cell{};
  take(decoder.decode(record, &cell));
  const NestedView view(cell.bytes());
  REQUIRE(view.count() == 4);
  CHECK(view.real(2) == 1);
  CHECK(view.real(3) == 2);
}

TEST_CASE("Rows that share an arena live as long as it does", "[example][nested]") {
  Decoder decoder({{"x", table::ColumnType::kLongTensor}, {"s", table::ColumnType::kString}});
  table::Arena arena;
  std::vector<Cell> cells(200);
  for (std::size_t i = 0; i < 100; ++i) {
    const std::string record = Sample()
                                   .ints("x", {static_cast<std::int64_t>(i), 7})
                                   .bytes("s", {"\xFF" + std::to_string(i)})
                                   .serialized();
    take(decoder.decode(record, &cells[2 * i], arena));
  }
  for (std::size_t i = 0; i < 100; ++i) {
    CHECK(NestedView(cells[2 * i].bytes()).integer(0) == static_cast<std::int64_t>(i));
    CHECK(cells[2 * i + 1].bytes() == "\xEF\xBF\xBD" + std::to_string(i));
  }
}

TEST_CASE("Errors of input advise to change the schema", "[example][decoder]") {
  CHECK(failure_of("LONG", Sample().floats("x", {1})) ==
        "column 'x' (BIGINT): found a float_list, expected an int64_list; declare another type in "
        "schemaStr");
  CHECK(failure_of("LONG", Sample().ints("x", {1, 2})) ==
        "column 'x' (BIGINT): found 2 values, expected one; declare a tensor type in schemaStr");
  CHECK_THAT(failure_of("INT", Sample().ints("x", {3'000'000'000})),
             Contains("as BIGINT in schemaStr"));
}

}  // namespace
}  // namespace alinktf::example
