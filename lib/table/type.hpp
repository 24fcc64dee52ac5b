// Column types: the names a schema string may use, and what kind of tf.train.Feature each becomes.
#pragma once

#include <optional>
#include <string_view>

namespace alinktf::table {

/// The column types of Alink (its documentation calls them "data types").
enum class ColumnType {
  kBoolean,
  kByte,
  kShort,
  kInt,
  kLong,
  kFloat,
  kDouble,
  kDecimal,
  kString,
  kVarbinary,
  kDate,
  kTime,
  kTimestamp,
  kVector,
  kDenseVector,
  kSparseVector,
  kTensor,
  kFloatTensor,
  kDoubleTensor,
  kIntTensor,
  kLongTensor,
  kBoolTensor,
  kByteTensor,
  kUbyteTensor,
  kStringTensor,
};

/// Which member of a Cell holds a value of this type.
enum class Storage {
  kInteger,  ///< Cell::integer: BOOLEAN (0/1), BYTE, SHORT, INT, LONG.
  kReal,     ///< Cell::real: FLOAT, DOUBLE.
  kBytes,    ///< Cell::text: STRING, VARBINARY; DECIMAL, DATE, TIME, TIMESTAMP in their text form.
  kNested,   ///< Cell::text as table/nested.hpp lays it out: vectors and tensors.
};

/// Which list of a tf.train.Feature holds values of a type.
enum class FeatureKind { kInt64List, kFloatList, kBytesList };

/// The type `name` stands for: Alink's names in any case (STRING, BIGINT, TINYINT …) and the
/// obvious aliases (INTEGER, BOOL, REAL, NUMERIC, TEXT, VARCHAR(20), DECIMAL(10,2) …). Nothing if
/// unknown.
std::optional<ColumnType> parse_type(std::string_view name);

/// The canonical name, as Alink prints it: BIGINT for LONG, SMALLINT for SHORT …
std::string_view type_name(ColumnType type);

Storage storage(ColumnType type);

/// Nothing for TENSOR, whose values decide: one of floats or doubles becomes a float_list, one of
/// texts or bytes a bytes_list, any other an int64_list.
std::optional<FeatureKind> feature_kind(ColumnType type);

}  // namespace alinktf::table
