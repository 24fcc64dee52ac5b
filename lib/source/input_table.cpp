#include "source/input_table.hpp"

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

int column(sqlite3_vtab_cursor* cursor, sqlite3_context* context, int index) {
  const InputTable& table = table_of(cursor);
  const auto at = static_cast<std::size_t>(index);
  const table::Cell& cell = table.cell(at);
  if (cell.null) {
    sqlite3_result_null(context);
    return SQLITE_OK;
  }
  switch (table::storage(table.schema()[at].type)) {
    case table::Storage::kInteger:
      sqlite3_result_int64(context, cell.integer);
      break;
    case table::Storage::kReal:
      sqlite3_result_double(context, cell.real);
      break;
    default:  // copied: aggregates may keep it longer than the row lives
      sqlite3_result_text(
          context, cell.text, static_cast<int>(cell.size), SQLITE_TRANSIENT);  // NOLINT
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

}  // namespace

std::string InputTable::declaration() const {
  std::string columns;
  for (std::size_t i = 0; i < schema().size(); ++i) {
    const auto kind = table::storage(schema()[i].type);
    columns += fmt::format("{}{} {}_{}",
                           i == 0 ? "" : ", ",
                           quoted_name(schema()[i].name),
                           kind == table::Storage::kInteger ? "INT"
                           : kind == table::Storage::kReal  ? "REAL"
                                                            : "TEXT",
                           i);
  }
  return "CREATE TABLE input(" + columns + ")";
}

Result<void> InputTable::register_in(sqlite3* database) {
  if (sqlite3_create_module(database, "input", &module(), this) != SQLITE_OK) {
    return Error(ErrorCode::kInternal,
                 fmt::format("sqlite3_create_module: {}", sqlite3_errmsg(database)));
  }
  return {};
}

bool InputTable::start() {
  return !std::exchange(started_, true);
}

bool InputTable::advance() {
  if (at_ + 1 < block_.rows()) {
    ++at_;
    ++rows_taken_;
    return true;
  }
  auto read = reader_->read(block_);
  if (!read.ok()) {
    error_ = std::move(read).error();
    return false;
  }
  at_ = 0;
  ended_ = block_.rows() == 0;
  rows_taken_ += ended_ ? 0 : 1;
  return true;
}

}  // namespace alinktf::source
