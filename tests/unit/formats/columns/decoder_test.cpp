#include "formats/columns/decoder.hpp"

#include "table/nested.hpp"
#include "unit/formats/columns/payload.hpp"
#include "unit/result.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include <limits>

namespace alinktf::columns {
namespace {

using Catch::Contains;
using table::Element;
using table::NestedKind;
using table::NestedView;
using table::Storage;
using Texts = std::vector<std::string>;

/// Dimensions, a colon, values; positions before the values of a sparse vector.
std::string nested_text(const NestedView& value) {
  std::string out;
  for (std::size_t axis = 0; axis < value.rank(); ++axis) {
    out += fmt::format("{} ", value.dim(axis));
  }
  out += ":";
  if (value.element() == Element::kString) {
    value.for_each_text([&](std::string_view text, bool null) {
      out += null ? " null" : fmt::format(" '{}'", text);
    });
    return out;
  }
  for (std::size_t i = 0; i < value.count(); ++i) {
    out += value.kind() == NestedKind::kSparseVector ? fmt::format(" {}@", value.position(i)) : " ";
    out += fmt::format("{}", value.real(i));
  }
  return out;
}

std::string text_of(Storage storage, const table::Cell& cell) {
  if (cell.null) {
    return "null";
  }
  switch (storage) {
    case Storage::kInteger:
      return std::to_string(cell.integer);
    case Storage::kReal:
      return fmt::format("{}", cell.real);
    case Storage::kBytes:
      return std::string(cell.bytes());
    default:
      return nested_text(NestedView(cell.bytes()));
  }
}

/// The values of a chunk whose only column is `x`, or the first error.
Result<Texts> read(const std::string& type, std::uint32_t records, const Payload& payload) {
  const table::ColumnType column_type = *table::parse_type(type);
  Decoder decoder({{"x", column_type}});
  const std::string bytes = payload.bytes();
  ALINKTF_TRY(decoder.open(bytes, records));
  Texts texts;
  for (std::uint32_t i = 0; i < records; ++i) {
    table::Cell cell{};
    ALINKTF_TRY(decoder.read(&cell));
    texts.push_back(text_of(table::storage(column_type), cell));
  }
  return texts;
}

Payload column(Kind kind,
               const std::string& values,
               const std::vector<std::uint32_t>& dims = {},
               const std::string& nulls = {}) {
  return Payload().add("x", kind, values, nulls, dims);
}

struct Case {
  const char* type = nullptr;
  Payload payload;
  Texts texts;
};

TEST_CASE("Single values become cells of the types that take their kind", "[columns][decoder]") {
  const Payload integers = column(Kind::kInt64, packed<std::int64_t>({1, 0}));
  const Payload booleans = column(Kind::kBool, std::string("\5\0", 2));
  const Payload floats = column(Kind::kFloat32, packed<float>({0.5F, -3}));
  const Payload doubles = column(Kind::kFloat64, packed<double>({0.1, 1e300}));
  const Payload texts = column(Kind::kBytes, packed_texts({"a\xFF", ""}));
  for (const Case& test : {Case{"BOOLEAN", integers, {"1", "0"}},
                           Case{"BYTE", integers, {"1", "0"}},
                           Case{"LONG", integers, {"1", "0"}},
                           Case{"BOOLEAN", booleans, {"1", "0"}},
                           Case{"INT", booleans, {"1", "0"}},
                           Case{"FLOAT", floats, {"0.5", "-3"}},
                           Case{"DOUBLE", floats, {"0.5", "-3"}},
                           Case{"FLOAT", doubles, {"0.10000000149011612", "inf"}},
                           Case{"DOUBLE", doubles, {"0.1", "1e+300"}},
                           Case{"DECIMAL", doubles, {"0.1", "1.0E+300"}},
                           Case{"DECIMAL", floats, {"0.5", "-3.0"}},
                           Case{"STRING", texts, {"a\xEF\xBF\xBD", ""}},
                           Case{"DATE", texts, {"a\xEF\xBF\xBD", ""}},
                           Case{"VARBINARY", texts, {"a\xFF", ""}}}) {
    CAPTURE(test.type);
    CHECK(take(read(test.type, 2, test.payload)) == test.texts);
  }
}

TEST_CASE("Tensors have the inner shape, vectors its values", "[columns][decoder]") {
  const Payload integers = column(Kind::kInt64, packed<std::int64_t>({0, 1, 1, 0, 1, 1}), {3});
  const Payload booleans = column(Kind::kBool, std::string("\0\1\1\0\1\1", 6), {3});
  const Payload floats = column(Kind::kFloat32, packed<float>({0, 1, 2, 3, 4, 5, 6, 7}), {2, 2});
  const Payload doubles = column(Kind::kFloat64, packed<double>({0, 0.1, -0.0, 3}), {2});
  const Payload single = column(Kind::kFloat64, packed<double>({1, 2}));
  const Payload texts = column(Kind::kBytes, packed_texts({"ab", "\xFF_", "", "12345678"}), {2});
  const Texts ints = {"3 : 0 1 1", "3 : 0 1 1"};
  for (const Case& test :
       {Case{"INT_TENSOR", integers, ints},
        Case{"LONG_TENSOR", integers, ints},
        Case{"UBYTE_TENSOR", integers, ints},
        Case{"BOOL_TENSOR", integers, ints},
        Case{"BOOL_TENSOR", booleans, ints},
        Case{"TENSOR", booleans, ints},
        Case{"FLOAT_TENSOR", floats, {"2 2 : 0 1 2 3", "2 2 : 4 5 6 7"}},
        Case{"DOUBLE_TENSOR", floats, {"2 2 : 0 1 2 3", "2 2 : 4 5 6 7"}},
        Case{"TENSOR", floats, {"2 2 : 0 1 2 3", "2 2 : 4 5 6 7"}},
        Case{"VECTOR", floats, {"4 : 0 1 2 3", "4 : 4 5 6 7"}},
        Case{"DENSE_VECTOR", doubles, {"2 : 0 0.1", "2 : -0 3"}},
        Case{"SPARSE_VECTOR", doubles, {"2 : 1@0.1", "2 : 0@-0 1@3"}},
        Case{"DOUBLE_TENSOR", doubles, {"2 : 0 0.1", "2 : -0 3"}},
        Case{"FLOAT_TENSOR", doubles, {"2 : 0 0.10000000149011612", "2 : -0 3"}},
        Case{"TENSOR", single, {"1 : 1", "1 : 2"}},
        Case{"STRING_TENSOR", texts, {"2 : 'ab' '\xEF\xBF\xBD_'", "2 : '' '12345678'"}},
        Case{"TENSOR", texts, {"2 : 'ab' '\xEF\xBF\xBD_'", "2 : '' '12345678'"}}}) {
    CAPTURE(test.type);
    CHECK(take(read(test.type, 2, test.payload)) == test.texts);
  }
}

TEST_CASE("A tensor that takes any kind is of what it was given", "[columns][decoder]") {
  const std::vector<std::pair<Payload, Element>> cases = {
      {column(Kind::kFloat32, packed<float>({1})), Element::kFloat},
      {column(Kind::kFloat64, packed<double>({1})), Element::kDouble},
      {column(Kind::kInt64, packed<std::int64_t>({1})), Element::kLong},
      {column(Kind::kBytes, packed_texts({"1"})), Element::kString}};
  for (const auto& [payload, element] : cases) {
    Decoder decoder({{"x", table::ColumnType::kTensor}});
    const std::string bytes = payload.bytes();
    take(decoder.open(bytes, 1));
    table::Cell cell{};
    take(decoder.read(&cell));
    CHECK(NestedView(cell.bytes()).element() == element);
  }
}

TEST_CASE("Texts of one size are the rows of a BYTE_TENSOR", "[columns][decoder]") {
  const Payload good = column(Kind::kBytes, packed_texts({"\1\2", "\3\4"}), {2});
  CHECK(take(read("BYTE_TENSOR", 1, good)) == Texts{"2 2 : 1 2 3 4"});
  const Payload bad = column(Kind::kBytes, packed_texts({"\1\2", "\3"}), {2});
  CHECK_THAT(failure(read("BYTE_TENSOR", 1, bad), ErrorCode::kWorker),
             Contains("values of 2 and of 1 bytes"));
}

TEST_CASE("Where a null is told the value does not matter", "[columns][decoder]") {
  const std::string nulls("\0\1\0", 3);
  const auto numbers = packed<std::int64_t>({1, 1000, 3});
  CHECK(take(read("BYTE", 3, column(Kind::kInt64, numbers, {}, nulls))) == Texts{"1", "null", "3"});
  const auto texts = packed_texts({"a", "any", "b"});
  CHECK(take(read("STRING", 3, column(Kind::kBytes, texts, {}, nulls))) == Texts{"a", "null", "b"});
  const auto vectors = packed<float>({1, 2, 8, 9, 3, 4});
  CHECK(take(read("VECTOR", 3, column(Kind::kFloat32, vectors, {2}, nulls))) ==
        Texts{"2 : 1 2", "null", "2 : 3 4"});
  const std::string type = GENERATE("INT", "STRING", "VECTOR", "TENSOR");
  CHECK(take(read(type, 2, column(Kind::kNone, "", {}, "\1\1"))) == Texts{"null", "null"});
}

TEST_CASE("Values of another kind are told with what to give instead", "[columns][decoder]") {
  const Payload integers = column(Kind::kInt64, packed<std::int64_t>({1}));
  const Payload floats = column(Kind::kFloat32, packed<float>({1}));
  const Payload texts = column(Kind::kBytes, packed_texts({"1"}));
  struct Wrong {
    const char* type;
    const Payload& payload;
    const char* message;
  };
  for (const Wrong& test :
       {Wrong{"DOUBLE", integers, "column 'x' (DOUBLE): found integers, expected floats; give"},
        Wrong{"LONG", floats, "(BIGINT): found floats, expected integers; give write_batch array"},
        Wrong{"STRING", floats, "found floats, expected texts or bytes"},
        Wrong{"INT", texts, "found texts or bytes, expected integers"},
        Wrong{"VECTOR", integers, "found integers, expected floats"},
        Wrong{"BYTE_TENSOR", integers, "found integers, expected texts or bytes"}}) {
    CAPTURE(test.type);
    CHECK_THAT(failure(read(test.type, 1, test.payload), ErrorCode::kWorker),
               Contains(test.message));
  }
}

TEST_CASE("A kind that does not fit is no error where all is null", "[columns][decoder]") {
  const Payload payload = column(Kind::kInt64, packed<std::int64_t>({1, 1}), {}, "\1\1");
  CHECK(take(read("STRING", 2, payload)) == Texts{"null", "null"});
}

TEST_CASE("Several values are no value of a scalar column", "[columns][decoder]") {
  const Payload payload = column(Kind::kFloat64, packed<double>({1, 2}), {2});
  CHECK_THAT(failure(read("DOUBLE", 1, payload), ErrorCode::kWorker),
             Contains("found 2 values, expected one; write one value a row"));
}

TEST_CASE("One value a row may have inner dimensions", "[columns][decoder]") {
  const Payload payload = column(Kind::kFloat64, packed<double>({1, 2}), {1, 1});
  CHECK(take(read("DOUBLE", 2, payload)) == Texts{"1", "2"});
  CHECK(take(read("TENSOR", 2, payload)) == Texts{"1 1 : 1", "1 1 : 2"});
}

TEST_CASE("Integers out of range are told with the range", "[columns][decoder]") {
  const std::int64_t most = std::numeric_limits<std::int64_t>::max();
  const Payload payload = column(Kind::kInt64, packed<std::int64_t>({most}));
  CHECK(take(read("LONG", 1, payload)) == Texts{std::to_string(most)});
  CHECK_THAT(failure(read("SHORT", 1, payload), ErrorCode::kWorker),
             Contains("found 9223372036854775807, expected -32768 to 32767") && Contains("BIGINT"));
  CHECK_THAT(failure(read("INT_TENSOR", 1, payload), ErrorCode::kWorker),
             Contains("expected -2147483648 to 2147483647") && Contains("LONG_TENSOR"));
}

TEST_CASE("Columns are found by name, and others passed over", "[columns][decoder]") {
  Decoder decoder(take(table::parse_schema("a long, b string")));
  const std::string bytes = Payload()
                                .add("other", Kind::kFloat32, packed<float>({1}))
                                .add("b", Kind::kBytes, packed_texts({"text"}))
                                .add("A", Kind::kBool, "\1")
                                .add("a", Kind::kInt64, packed<std::int64_t>({7}))
                                .bytes();
  std::vector<table::Cell> row(2);
  for (int again = 0; again < 2; ++again) {
    take(decoder.open(bytes, 1));
    take(decoder.read(row.data()));
    CHECK(row[0].integer == 7);
    CHECK(row[1].bytes() == "text");
  }
}

TEST_CASE("A column that the batch does not have is told with those that it has",
          "[columns][decoder]") {
  Decoder decoder(take(table::parse_schema("a long, b string")));
  const std::string whole =
      Payload().add("a", Kind::kBool, "\1").add("b", Kind::kBytes, packed_texts({""})).bytes();
  take(decoder.open(whole, 1));
  const std::string without =
      Payload().add("c", Kind::kBool, "\1").add("a", Kind::kBool, "\1").bytes();
  CHECK(failure(decoder.open(without, 1), ErrorCode::kWorker) ==
        "column 'b' (STRING): the batch has no such column; it has 'a', 'c'");
}

}  // namespace
}  // namespace alinktf::columns
