#include "source/input_table.hpp"

#include "formats/text_form/decimal.hpp"

#include <fmt/format.h>

#include <sqlite3.h>

namespace alinktf::source {

namespace {

// SQLite's structures come first in ours, so that its pointers are ours.
struct Vtab {
  sqlite3_vtab base;
  InputTable* table;
};
struct Cursor {
  sqlite3_vtab_cursor base;
  InputTable* table;
};

InputTable& table_of(sqlite3_vtab_cursor* cursor) {
  return *reinterpret_cast<Cursor*>(cursor)->table;
}  // NOLINT

int connect(
    sqlite3* database, void* aux, int, const char* const*, sqlite3_vtab** out, char** message) {
  auto* table = static_cast<InputTable*>(aux);
  const int code = sqlite3_declare_vtab(database, table->declaration().c_str());
  if (code != SQLITE_OK) {
    *message = sqlite3_mprintf("%s", sqlite3_errmsg(database));
    return code;
  }
  *out = &(new Vtab{.base = {}, .table = table})->base;
  return SQLITE_OK;
}

int disconnect(sqlite3_vtab* vtab) {
  delete reinterpret_cast<Vtab*>(vtab);  // NOLINT: made by connect()
  return SQLITE_OK;
}

int best_index(sqlite3_vtab*, sqlite3_index_info* info) {
  info->estimatedCost = 1e9;
  return SQLITE_OK;
}

int open_cursor(sqlite3_vtab* vtab, sqlite3_vtab_cursor** out) {
  *out = &(new Cursor{.base = {}, .table = reinterpret_cast<Vtab*>(vtab)->table})->base;  // NOLINT
  return SQLITE_OK;
}

int close_cursor(sqlite3_vtab_cursor* cursor) {
  delete reinterpret_cast<Cursor*>(cursor);  // NOLINT: made by open_cursor()
  return SQLITE_OK;
}

int filter(sqlite3_vtab_cursor* cursor, int, const char*, int, sqlite3_value**) {
  if (!table_of(cursor).start()) {
    sqlite3_free(cursor->pVtab->zErrMsg);
    cursor->pVtab->zErrMsg =
        sqlite3_mprintf("the input streams by once: it cannot be read a second time in a subquery");
    return SQLITE_ERROR;
  }
  return table_of(cursor).advance() ? SQLITE_OK : SQLITE_ERROR;
}

int next(sqlite3_vtab_cursor* cursor) {
  return table_of(cursor).advance() ? SQLITE_OK : SQLITE_ERROR;
}

int eof(sqlite3_vtab_cursor* cursor) {
  return table_of(cursor).ended() ? 1 : 0;
}

void give_text(sqlite3_context* context, const InputTable& table, const table::Cell& cell) {
  // Copied unless the pass ends before the text does: aggregates may keep it.
  sqlite3_result_text64(context,
                        cell.text,
                        cell.size,
                        table.keeps_texts() ? SQLITE_STATIC : SQLITE_TRANSIENT,  // NOLINT
                        SQLITE_UTF8);
}

void give_blob(sqlite3_context* context, const InputTable& table, const table::Cell& cell) {
  sqlite3_result_blob64(context,
                        cell.size == 0 ? "" : cell.text,  // a null pointer would be NULL
                        cell.size,
                        table.keeps_texts() ? SQLITE_STATIC : SQLITE_TRANSIENT);  // NOLINT
}

int column(sqlite3_vtab_cursor* cursor, sqlite3_context* context, int index) {
  const InputTable& table = table_of(cursor);
  const auto at = static_cast<std::size_t>(index);
  const table::Cell& cell = table.row()[at];
  if (cell.null) {
    sqlite3_result_null(context);
    return SQLITE_OK;
  }
  switch (table.column_type(at)) {
    case SqlType::kInteger:
      sqlite3_result_int64(context, cell.integer);
      break;
    case SqlType::kReal:
      sqlite3_result_double(context, cell.real);
      break;
    case SqlType::kDecimal:
      sqlite3_result_double(context, text_form::decimal_to_double(cell.bytes()));
      break;
    case SqlType::kText:
      give_text(context, table, cell);
      break;
    case SqlType::kBlob:
      give_blob(context, table, cell);
      break;
  }
  return SQLITE_OK;
}

int row_id(sqlite3_vtab_cursor* cursor, sqlite3_int64* out) {
  *out = static_cast<sqlite3_int64>(table_of(cursor).rows_taken());
  return SQLITE_OK;
}

const sqlite3_module& module() {
  static const sqlite3_module methods_of_input = [] {
    sqlite3_module methods{};
    methods.xConnect = connect;  // no xCreate: the table exists without CREATE
    methods.xBestIndex = best_index;
    methods.xDisconnect = disconnect;
    methods.xOpen = open_cursor;
    methods.xClose = close_cursor;
    methods.xFilter = filter;
    methods.xNext = next;
    methods.xEof = eof;
    methods.xColumn = column;
    methods.xRowid = row_id;
    return methods;
  }();
  return methods_of_input;
}

std::string quoted_name(const std::string& name) {
  std::string out = "\"";
  for (const char c : name) {
    out.append(c == '"' ? 2 : 1, c);
  }
  return out + "\"";
}

std::string_view affinity(SqlType type) {
  switch (type) {
    case SqlType::kInteger:
      return "INT";
    case SqlType::kReal:
    case SqlType::kDecimal:
      return "REAL";
    case SqlType::kText:
      return "TEXT";
    case SqlType::kBlob:
      break;
  }
  return "BLOB";
}

}  // namespace

SqlType sql_type(table::ColumnType type) {
  using table::ColumnType;
  if (type == ColumnType::kDecimal) {
    return SqlType::kDecimal;
  }
  if (type == ColumnType::kVarbinary) {
    return SqlType::kBlob;
  }
  switch (table::storage(type)) {
    case table::Storage::kInteger:
      return SqlType::kInteger;
    case table::Storage::kReal:
      return SqlType::kReal;
    case table::Storage::kBytes:
      return SqlType::kText;
    case table::Storage::kNested:
      break;
  }
  return SqlType::kBlob;
}

InputTable::InputTable(std::unique_ptr<table::RowReader> reader)
    : reader_(std::move(reader)), block_(reader_->schema().size()) {
  for (const table::Column& column : schema()) {
    types_.push_back(sql_type(column.type));
  }
}

std::string InputTable::declaration() const {
  std::string columns;
  for (std::size_t i = 0; i < schema().size(); ++i) {
    columns += fmt::format(
        "{}{} {}_{}", i == 0 ? "" : ", ", quoted_name(schema()[i].name), affinity(types_[i]), i);
  }
  return "CREATE TABLE input(" + columns + ")";
}

Result<void> InputTable::register_in(sqlite3* database) {
  const int most = sqlite3_limit(database, SQLITE_LIMIT_COLUMN, -1);
  if (schema().size() > static_cast<std::size_t>(most)) {
    return Error(ErrorCode::kSpec,
                 fmt::format("/select: the input has {} columns, expected at most {} beside select "
                             "and where; use selectedCols",
                             schema().size(),
                             most));
  }
  if (sqlite3_create_module(database, "input", &module(), this) != SQLITE_OK) {
    return Error(ErrorCode::kInternal,
                 fmt::format("sqlite3_create_module: {}", sqlite3_errmsg(database)));
  }
  return {};
}

Result<bool> InputTable::next_block() {
  ALINKTF_TRY(reader_->read(block_));
  next_ = 0;
  return block_.rows() != 0;
}

bool InputTable::start() {
  if (by_block_) {
    ended_ = false;
    return true;
  }
  return !std::exchange(started_, true);
}

bool InputTable::advance() {
  if (advance_in_block()) {
    return true;
  }
  if (by_block_) {
    ended_ = true;
    return true;
  }
  auto there = next_block();
  if (!there.ok()) {
    error_ = std::move(there).error();
    return false;
  }
  ended_ = !advance_in_block();
  return true;
}

}  // namespace alinktf::source
