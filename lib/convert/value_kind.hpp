// What kind of value a text looks like, and what column type holds several of them.
#pragma once

#include "table/type.hpp"

#include <cstdint>
#include <optional>
#include <string_view>

namespace alinktf::convert {

/// What columns of text files are taken for, as far as their values tell.
enum class ValueKind : std::uint8_t {
  kNone,  ///< no value yet
  kBoolean,
  kLong,
  kDouble,
  kDate,
  kTime,
  kTimestamp,
  kText,
};

/// The kind of a value that a text file holds unquoted. Numbers that would not come back as they
/// were, such as 007 or more digits than a LONG has, are texts.
ValueKind kind_of(std::string_view text);

/// The kind that takes values of both.
ValueKind merged(ValueKind a, ValueKind b);

/// STRING for kNone.
table::ColumnType type_of(ValueKind kind);

/// True if `name` can name a column in a schema string.
bool can_name(std::string_view name);

}  // namespace alinktf::convert
