// Values of SQLite as cells.
#pragma once

#include "table/arena.hpp"
#include "table/row_block.hpp"

#include <optional>
#include <string_view>

struct sqlite3_stmt;

namespace alinktf::source {

/// What a value of SQLite is, whatever column it stands in.
enum class SqlKind { kNull, kInteger, kReal, kText, kBlob };

/// "an integer" …, for messages.
std::string_view kind_name(SqlKind kind);

struct SqlValue {
  table::Cell cell = table::Cell::of_null();
  SqlKind kind = SqlKind::kNull;
};

/// The value in column `column` of the statement's row; the bytes of a text or blob are kept in
/// `texts`.
SqlValue take_value(sqlite3_stmt* statement, int column, table::Arena& texts);

/// The type that holds both what a column had so far and a value of one more kind (not null):
/// integers LONG, reals and both DOUBLE, texts STRING, blobs and both VARBINARY. Nothing if none
/// does.
std::optional<table::ColumnType> widen(std::optional<table::ColumnType> so_far, SqlKind kind);

/// Make the value's cell one of a column of `type`: a whole number real where that is asked for, a
/// number a decimal with its text in `texts`. False if it does not fit.
bool fit(SqlValue& value, table::ColumnType type, table::Arena& texts);

}  // namespace alinktf::source
