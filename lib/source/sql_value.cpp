#include "source/sql_value.hpp"

#include "formats/text_form/decimal.hpp"

#include <string>

#include <sqlite3.h>

namespace alinktf::source {

using table::ColumnType;

namespace {

bool fit_decimal(SqlValue& value, table::Arena& texts) {
  if (value.kind == SqlKind::kText) {
    return true;  // fitted before
  }
  if (value.kind != SqlKind::kInteger && value.kind != SqlKind::kReal) {
    return value.kind == SqlKind::kNull;
  }
  Buffer text;
  if (value.kind == SqlKind::kInteger) {
    text.append(std::to_string(value.cell.integer));
  } else if (!text_form::append_decimal(value.cell.real, text)) {
    return false;
  }
  value = {.cell = table::Cell::of_bytes(texts.keep(text.view())), .kind = SqlKind::kText};
  return true;
}

}  // namespace

std::string_view kind_name(SqlKind kind) {
  switch (kind) {
    case SqlKind::kNull:
      return "NULL";
    case SqlKind::kInteger:
      return "an integer";
    case SqlKind::kReal:
      return "a real number";
    case SqlKind::kText:
      return "a text";
    case SqlKind::kBlob:
      break;
  }
  return "a blob";
}

SqlValue take_value(sqlite3_stmt* statement, int column, table::Arena& texts) {
  // Values without a lock of their own: the connection serves this thread only.
  sqlite3_value* value = sqlite3_column_value(statement, column);
  switch (sqlite3_value_type(value)) {
    case SQLITE_INTEGER:
      return {.cell = table::Cell::of_integer(sqlite3_value_int64(value)),
              .kind = SqlKind::kInteger};
    case SQLITE_FLOAT:
      return {.cell = table::Cell::of_real(sqlite3_value_double(value)), .kind = SqlKind::kReal};
    case SQLITE_NULL:
      return {};
    default:
      break;
  }
  const SqlKind kind = sqlite3_value_type(value) == SQLITE_TEXT ? SqlKind::kText : SqlKind::kBlob;
  const void* bytes = sqlite3_value_blob(value);  // null if there are none
  const std::string_view text(bytes == nullptr ? "" : static_cast<const char*>(bytes),
                              static_cast<std::size_t>(sqlite3_value_bytes(value)));
  return {.cell = table::Cell::of_bytes(texts.keep(text)), .kind = kind};
}

std::optional<ColumnType> widen(std::optional<ColumnType> so_far, SqlKind kind) {
  const auto next = kind == SqlKind::kInteger ? ColumnType::kLong
                    : kind == SqlKind::kReal  ? ColumnType::kDouble
                    : kind == SqlKind::kText  ? ColumnType::kString
                                              : ColumnType::kVarbinary;
  if (!so_far || *so_far == next) {
    return next;
  }
  const auto is_number = [](ColumnType type) {
    return type == ColumnType::kLong || type == ColumnType::kDouble;
  };
  if (is_number(*so_far) != is_number(next)) {
    return std::nullopt;
  }
  return is_number(next) ? ColumnType::kDouble : ColumnType::kVarbinary;
}

bool fit(SqlValue& value, ColumnType type, table::Arena& texts) {
  if (type == ColumnType::kDecimal) {
    return fit_decimal(value, texts);
  }
  switch (value.kind) {
    case SqlKind::kNull:
      return true;
    case SqlKind::kInteger:
      if (table::storage(type) == table::Storage::kReal) {
        value.cell = table::Cell::of_real(static_cast<double>(value.cell.integer));
        return true;
      }
      return table::storage(type) == table::Storage::kInteger;
    case SqlKind::kReal:
      return table::storage(type) == table::Storage::kReal;
    case SqlKind::kText:
      return table::storage(type) == table::Storage::kBytes;
    case SqlKind::kBlob:
      break;
  }
  return table::storage(type) == table::Storage::kBytes ||
         table::storage(type) == table::Storage::kNested;
}

}  // namespace alinktf::source
