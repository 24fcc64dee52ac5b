#include "table/type.hpp"

#include <catch2/catch.hpp>

#include <string>

namespace alinktf::table {
namespace {

TEST_CASE("Type names are known in any case", "[table][type]") {
  CHECK(parse_type("long") == ColumnType::kLong);
  CHECK(parse_type("BigInt") == ColumnType::kLong);
  CHECK(parse_type(" SQL_TIMESTAMP ") == ColumnType::kTimestamp);
  CHECK(parse_type("string_tensor") == ColumnType::kStringTensor);
  CHECK(parse_type("VEC_TYPES_SPARSE_VECTOR") == ColumnType::kSparseVector);
  CHECK(parse_type("TENSOR_TYPES_FLOAT_TENSOR") == ColumnType::kFloatTensor);
}

TEST_CASE("The obvious aliases are understood", "[table][type]") {
  struct Case {
    const char* name;
    ColumnType type;
  };
  const auto [name, type] = GENERATE(Case{"INTEGER", ColumnType::kInt},
                                     Case{"bool", ColumnType::kBoolean},
                                     Case{"REAL", ColumnType::kFloat},
                                     Case{"double  precision", ColumnType::kDouble},
                                     Case{"NUMERIC(10)", ColumnType::kDecimal},
                                     Case{"DECIMAL(10,2)", ColumnType::kDecimal},
                                     Case{"decimal (10, 2)", ColumnType::kDecimal},
                                     Case{"VARCHAR(20)", ColumnType::kString},
                                     Case{"CHAR(1)", ColumnType::kString},
                                     Case{"TEXT", ColumnType::kString},
                                     Case{"TIMESTAMP(3)", ColumnType::kTimestamp},
                                     Case{"BINARY", ColumnType::kVarbinary});
  CAPTURE(name);
  CHECK(parse_type(name) == type);
}

TEST_CASE("Anything else is no type", "[table][type]") {
  for (const char* name : {"",
                           "foo",
                           "INT(3)",
                           "VARCHAR()",
                           "VARCHAR(x)",
                           "VARCHAR(20",
                           "(20)",
                           "DECIMAL(,)",
                           "MAP<STRING,INT>",
                           "INT INT"}) {
    CAPTURE(name);
    CHECK_FALSE(parse_type(name));
  }
}

TEST_CASE("The canonical name of every type is understood", "[table][type]") {
  for (int i = 0; i <= static_cast<int>(ColumnType::kStringTensor); ++i) {
    const auto type = static_cast<ColumnType>(i);
    CAPTURE(std::string(type_name(type)));
    CHECK(parse_type(type_name(type)) == type);
  }
  CHECK(type_name(ColumnType::kLong) == "BIGINT");
  CHECK(type_name(ColumnType::kString) == "STRING");
}

TEST_CASE("Each type is stored as one kind of feature", "[table][type]") {
  CHECK(storage(ColumnType::kBoolean) == Storage::kInteger);
  CHECK(storage(ColumnType::kDecimal) == Storage::kBytes);
  CHECK(storage(ColumnType::kTimestamp) == Storage::kBytes);
  CHECK(storage(ColumnType::kVarbinary) == Storage::kBytes);
  CHECK(storage(ColumnType::kDenseVector) == Storage::kNested);
  CHECK(storage(ColumnType::kStringTensor) == Storage::kNested);
}

TEST_CASE("Every type but TENSOR has one kind of feature", "[table][type]") {
  CHECK(feature_kind(ColumnType::kBoolean) == FeatureKind::kInt64List);
  CHECK(feature_kind(ColumnType::kLong) == FeatureKind::kInt64List);
  CHECK(feature_kind(ColumnType::kDecimal) == FeatureKind::kFloatList);
  CHECK(feature_kind(ColumnType::kTimestamp) == FeatureKind::kBytesList);
  CHECK(feature_kind(ColumnType::kVarbinary) == FeatureKind::kBytesList);
  CHECK(feature_kind(ColumnType::kSparseVector) == FeatureKind::kFloatList);
  CHECK(feature_kind(ColumnType::kDoubleTensor) == FeatureKind::kFloatList);
  CHECK(feature_kind(ColumnType::kUbyteTensor) == FeatureKind::kInt64List);
  CHECK(feature_kind(ColumnType::kByteTensor) == FeatureKind::kBytesList);
  CHECK(feature_kind(ColumnType::kStringTensor) == FeatureKind::kBytesList);
  CHECK_FALSE(feature_kind(ColumnType::kTensor).has_value());
}

}  // namespace
}  // namespace alinktf::table
