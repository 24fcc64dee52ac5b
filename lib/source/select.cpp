#include "source/select.hpp"

#include "base/bytes.hpp"
#include "source/input_table.hpp"
#include "source/sql_text.hpp"

#include <fmt/format.h>

#include <charconv>
#include <deque>
#include <optional>

#include <sqlite3.h>

namespace alinktf::source {

namespace {

constexpr std::size_t kTypeRows = 1000;

/// One value of a result row: SQLite's type and what goes with it.
struct Value {
  int type = SQLITE_NULL;
  std::int64_t integer = 0;
  double real = 0;
  std::string_view text;
};

Value value_at(sqlite3_stmt* statement, int column) {
  Value value;
  value.type = sqlite3_column_type(statement, column);
  if (value.type == SQLITE_INTEGER) {
    value.integer = sqlite3_column_int64(statement, column);
  } else if (value.type == SQLITE_FLOAT) {
    value.real = sqlite3_column_double(statement, column);
  } else if (value.type != SQLITE_NULL) {
    const void* bytes = sqlite3_column_blob(statement, column);
    value.text = {static_cast<const char*>(bytes),
                  static_cast<std::size_t>(sqlite3_column_bytes(statement, column))};
  }
  return value;
}

/// A row kept while the types of computed columns are still open.
struct KeptRow {
  std::vector<Value> values;
  std::deque<std::string> texts;
};

/// SplitMix64 (Steele, Lea, Flood 2014): one draw per call of RAND(), uniform in [0, 1).
void draw(sqlite3_context* context, int /*count*/, sqlite3_value** /*values*/) {
  auto& state = *static_cast<std::uint64_t*>(sqlite3_user_data(context));
  std::uint64_t z = state += 0x9E3779B97F4A7C15U;
  z = (z ^ (z >> 30U)) * 0xBF58476D1CE4E5B9U;
  z = (z ^ (z >> 27U)) * 0x94D049BB133111EBU;
  z ^= z >> 31U;
  sqlite3_result_double(context, static_cast<double>(z >> 11U) * 0x1.0p-53);
}

std::string_view found_name(int type) {
  return type == SQLITE_INTEGER ? "an integer" : type == SQLITE_FLOAT ? "a real number" : "a text";
}

/// The type that holds both what a column had so far and one more value. Nothing if none does.
std::optional<table::ColumnType> widen(std::optional<table::ColumnType> so_far, int type) {
  const auto next = type == SQLITE_INTEGER ? table::ColumnType::kLong
                    : type == SQLITE_FLOAT ? table::ColumnType::kDouble
                                           : table::ColumnType::kString;
  if (!so_far || *so_far == next) {
    return next;
  }
  const bool text = *so_far == table::ColumnType::kString || next == table::ColumnType::kString;
  return text ? std::nullopt : std::optional(table::ColumnType::kDouble);
}

struct CloseDatabase {
  void operator()(sqlite3* database) const { sqlite3_close(database); }
};
struct Finalize {
  void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
};

}  // namespace

struct SelectReader::State {
  explicit State(std::unique_ptr<table::RowReader> reader) : input(std::move(reader)) {}

  InputTable input;
  std::uint64_t random = 0;
  std::unique_ptr<sqlite3, CloseDatabase> database;
  std::unique_ptr<sqlite3_stmt, Finalize> statement;
  table::Schema schema;
  std::vector<bool> computed;
  std::deque<KeptRow> kept;
  std::optional<Error> after_kept;  ///< what ended the pass behind the kept rows
  bool ended = false;
  std::optional<Error> failed;
  std::uint64_t rows_given = 0;
  Buffer texts;  ///< of the block given last

  Result<void> prepare(const SelectOptions& options);
  void name_columns();
  Result<bool> step();
  Result<void> infer_types();
  Result<void> keep_row(std::vector<std::optional<table::ColumnType>>& types);
  Result<bool> next_row(table::Cell* cells);
  Result<table::Cell> convert(std::size_t column, const Value& value);
  void point_texts(table::RowBlock& block);
  Error misfit(std::size_t column, std::string_view found, std::string_view expected) const;
};

Result<void> SelectReader::State::prepare(const SelectOptions& options) {
  sqlite3* opened = nullptr;
  const int code =
      sqlite3_open_v2(":memory:", &opened, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, nullptr);
  database.reset(opened);
  if (code != SQLITE_OK) {
    return Error(ErrorCode::kInternal, "cannot open SQLite");
  }
  random = options.seed;
  ALINKTF_TRY(input.register_in(opened));
  for (const char* name : {"rand", "random"}) {
    sqlite3_create_function(opened, name, 0, SQLITE_UTF8, &random, draw, nullptr, nullptr);
  }
  ALINKTF_ASSIGN_OR_RETURN(const std::string list,
                           prepare_sql("select", options.select.empty() ? "*" : options.select));
  ALINKTF_ASSIGN_OR_RETURN(const std::string condition, prepare_sql("where", options.where));
  const std::string up_to_input = "SELECT " + list + "\nFROM input";
  const std::string sql = up_to_input + (condition.empty() ? "" : "\nWHERE (" + condition + "\n)");
  sqlite3_stmt* prepared = nullptr;
  if (sqlite3_prepare_v2(opened, sql.c_str(), static_cast<int>(sql.size()), &prepared, nullptr) !=
      SQLITE_OK) {
    const int offset = sqlite3_error_offset(opened);
    const std::string near =
        offset < 0 ? std::string()
                   : fmt::format(" near '{}'", sql.substr(static_cast<std::size_t>(offset), 30));
    const bool in_where = options.select.empty() || offset > static_cast<int>(up_to_input.size());
    return Error(ErrorCode::kSpec,
                 fmt::format("/{}: SQL error: {}{}; the statement is: {}",
                             in_where ? "where" : "select",
                             sqlite3_errmsg(opened),
                             near,
                             sql));
  }
  statement.reset(prepared);
  return {};
}

/// Names from SQL, types of bare columns from the input (see InputTable for the declared types).
void SelectReader::State::name_columns() {
  const int count = sqlite3_column_count(statement.get());
  for (int i = 0; i < count; ++i) {
    table::Column column{.name = sqlite3_column_name(statement.get(), i)};
    const char* declared = sqlite3_column_decltype(statement.get(), i);
    computed.push_back(declared == nullptr);
    if (declared != nullptr) {
      const std::string_view text = declared;
      std::size_t index = 0;
      std::from_chars(text.data() + text.find('_') + 1, text.data() + text.size(), index);
      column.type = input.schema()[index].type;
    }
    schema.push_back(std::move(column));
  }
}

Result<bool> SelectReader::State::step() {
  const int code = ended ? SQLITE_DONE : sqlite3_step(statement.get());
  if (code == SQLITE_ROW) {
    return true;
  }
  ended = true;
  if (code == SQLITE_DONE) {
    return false;
  }
  if (input.error()) {
    return *input.error();
  }
  return Error(ErrorCode::kInput,
               fmt::format("row {} of the input: SQL error: {}",
                           input.rows_taken(),
                           sqlite3_errmsg(database.get())));
}

Result<void> SelectReader::State::keep_row(std::vector<std::optional<table::ColumnType>>& types) {
  KeptRow row;
  for (std::size_t i = 0; i < schema.size(); ++i) {
    Value value = value_at(statement.get(), static_cast<int>(i));
    if (computed[i] && value.type != SQLITE_NULL) {
      const auto widened = widen(types[i], value.type);
      if (!widened) {
        return misfit(i, found_name(value.type), "one kind of value, as in the rows before");
      }
      types[i] = widened;
    }
    value.text = row.texts.emplace_back(value.text);
    row.values.push_back(value);
  }
  kept.push_back(std::move(row));
  return {};
}

Result<void> SelectReader::State::infer_types() {
  std::vector<std::optional<table::ColumnType>> types(schema.size());
  const bool any = std::find(computed.begin(), computed.end(), true) != computed.end();
  while (any && kept.size() < kTypeRows) {
    auto row = step();
    if (!row.ok()) {
      if (kept.empty()) {
        return std::move(row).error();
      }
      after_kept = std::move(row).error();  // the rows before it are good
      break;
    }
    if (!row.value()) {
      break;
    }
    ALINKTF_TRY(keep_row(types));
  }
  for (std::size_t i = 0; i < schema.size(); ++i) {
    if (computed[i]) {
      schema[i].type = types[i].value_or(table::ColumnType::kString);
    }
  }
  return {};
}

Error SelectReader::State::misfit(std::size_t column,
                                  std::string_view found,
                                  std::string_view expected) const {
  return {ErrorCode::kInput,
          fmt::format("row {} of the input: column '{}' of the select: found {}, expected {}; "
                      "write a CAST in the select",
                      input.rows_taken(),
                      schema[column].name,
                      found,
                      expected)};
}

Result<table::Cell> SelectReader::State::convert(std::size_t column, const Value& value) {
  if (value.type == SQLITE_NULL) {
    return table::Cell::of_null();
  }
  const auto kind = table::storage(schema[column].type);
  if (kind == table::Storage::kInteger && value.type == SQLITE_INTEGER) {
    return table::Cell::of_integer(value.integer);
  }
  if (kind == table::Storage::kReal && value.type != SQLITE_TEXT && value.type != SQLITE_BLOB) {
    return table::Cell::of_real(value.type == SQLITE_INTEGER ? static_cast<double>(value.integer)
                                                             : value.real);
  }
  if (kind == table::Storage::kBytes && (value.type == SQLITE_TEXT || value.type == SQLITE_BLOB)) {
    texts.append(value.text);
    return table::Cell::of_bytes(value.text);
  }
  return misfit(column,
                found_name(value.type),
                fmt::format("{}, the type that the first {} rows gave",
                            table::type_name(schema[column].type),
                            kTypeRows));
}

/// Fill `cells` with the next row, kept or fresh. False at the end.
Result<bool> SelectReader::State::next_row(table::Cell* cells) {
  const bool from_kept = !kept.empty();
  if (!from_kept) {
    if (after_kept) {
      return *after_kept;
    }
    ALINKTF_ASSIGN_OR_RETURN(const bool row, step());
    if (!row) {
      return false;
    }
  }
  for (std::size_t i = 0; i < schema.size(); ++i) {
    const Value value =
        from_kept ? kept.front().values[i] : value_at(statement.get(), static_cast<int>(i));
    ALINKTF_ASSIGN_OR_RETURN(cells[i], convert(i, value));
  }
  if (from_kept) {
    kept.pop_front();
  }
  ++rows_given;
  return true;
}

/// Texts were copied one behind the other while the buffer could still move: point the cells at
/// them.
void SelectReader::State::point_texts(table::RowBlock& block) {
  const char* at = texts.data();
  for (std::size_t row = 0; row < block.rows(); ++row) {
    std::size_t column = 0;
    for (table::Cell& cell : block.row(row)) {
      if (table::storage(schema[column++].type) == table::Storage::kBytes && !cell.null) {
        cell.text = at;
        at += cell.size;
      }
    }
  }
}

Result<std::unique_ptr<SelectReader>> SelectReader::open(std::unique_ptr<table::RowReader> input,
                                                         const SelectOptions& options) {
  auto state = std::make_unique<State>(std::move(input));
  ALINKTF_TRY(state->prepare(options));
  state->name_columns();
  ALINKTF_TRY(state->infer_types());
  return std::unique_ptr<SelectReader>(new SelectReader(std::move(state)));
}

SelectReader::SelectReader(std::unique_ptr<State> state) : state_(std::move(state)) {}
SelectReader::~SelectReader() = default;

const table::Schema& SelectReader::schema() const {
  return state_->schema;
}

bool SelectReader::would_wait() const {
  return state_->kept.empty() && state_->input.would_wait();
}

std::uint64_t SelectReader::rows_taken() const {
  return state_->input.rows_taken();
}

std::uint64_t SelectReader::rows_given() const {
  return state_->rows_given;
}

Result<void> SelectReader::read(table::RowBlock& block) {
  State& state = *state_;
  block.clear();
  state.texts.clear();
  while (!block.full() && !state.failed) {
    if (block.rows() > 0 && would_wait()) {
      break;
    }
    auto row = state.next_row(block.next_row());
    if (!row.ok()) {
      state.failed = std::move(row).error();
    } else if (!row.value()) {
      break;
    } else {
      block.add_row();
    }
  }
  if (block.rows() == 0 && state.failed) {
    return *state.failed;
  }
  state.point_texts(block);
  return {};
}

}  // namespace alinktf::source
