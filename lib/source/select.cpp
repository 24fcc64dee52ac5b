#include "source/select.hpp"

#include "base/text.hpp"
#include "source/input_table.hpp"
#include "source/select_list.hpp"
#include "source/sql_database.hpp"
#include "source/sql_text.hpp"
#include "source/sql_value.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>

#include <sqlite3.h>

namespace alinktf::source {

namespace {

constexpr std::size_t kTypeRows = 1000;

/// Where a column of the result comes from.
struct Origin {
  std::optional<std::size_t> bare;  ///< the column of the input that it is, if it is one
  bool copied = false;              ///< from the input's row, else from the statement's
  int column = 0;                   ///< of the statement
};

/// Columns side by side in the input and in the result.
struct Run {
  std::size_t from = 0;
  std::size_t to = 0;
  std::size_t count = 0;
};

/// The columns that are copied, in as few runs as there can be.
std::vector<Run> runs_of(const std::vector<Origin>& origins) {
  std::vector<Run> runs;
  for (std::size_t i = 0; i < origins.size(); ++i) {
    if (!origins[i].copied) {
      continue;
    }
    const std::size_t from = *origins[i].bare;
    if (!runs.empty() && runs.back().from + runs.back().count == from &&
        runs.back().to + runs.back().count == i) {
      ++runs.back().count;
    } else {
      runs.push_back({.from = from, .to = i, .count = 1});
    }
  }
  return runs;
}

/// The rows that gave the types, until they have been read.
struct KeptRows {
  std::vector<table::Cell> cells;  ///< row after row
  std::vector<SqlKind> kinds;      ///< as many
  table::Arena texts;
  std::size_t next = 0;  ///< cell that is to be read next

  [[nodiscard]] bool empty() const { return next == cells.size(); }
};

/// The column of the input that a column of the result is, by its declared type (see InputTable).
std::optional<std::size_t> declared_column(sqlite3_stmt* statement, int column) {
  const char* declared = sqlite3_column_decltype(statement, column);
  const std::string_view text = declared == nullptr ? "" : declared;
  const std::size_t at = text.find('_');
  if (at == std::string_view::npos) {  // an expression, or rowid
    return std::nullopt;
  }
  std::size_t index = 0;
  std::from_chars(text.data() + at + 1, text.data() + text.size(), index);
  return index;
}

/// The kind of term that makes each of the `count` columns of the result. All computed if the terms
/// make another number, which would be SQL that we read otherwise than SQLite.
std::vector<SelectTerm::Kind> kinds_of_columns(const SelectList& list,
                                               std::size_t width,
                                               std::size_t count) {
  std::vector<SelectTerm::Kind> kinds;
  for (const SelectTerm& term : list.terms) {
    kinds.insert(kinds.end(), term.kind == SelectTerm::Kind::kAll ? width : 1, term.kind);
  }
  if (kinds.size() != count) {
    kinds.assign(count, SelectTerm::Kind::kComputed);
  }
  return kinds;
}

}  // namespace

struct SelectReader::State {
  enum class Step { kRow, kPause, kEnd };

  explicit State(std::unique_ptr<table::RowReader> reader) : input(std::move(reader)) {}

  InputTable input;
  std::unique_ptr<SqlDatabase> database;
  SqlStatement statement;  ///< none: all rows, and no column is computed
  table::Schema schema;
  std::vector<Origin> origins;
  std::vector<Run> copied_runs;
  std::vector<std::size_t> evaluated;  ///< the other columns of the result
  bool by_block = false;  ///< SQLite passes over one block of the input after the other
  bool filtered = false;
  bool in_pass = false;
  bool ended = false;
  KeptRows kept;
  table::Arena texts;  ///< of the block given last
  std::optional<Error> failed;
  std::uint64_t rows_given = 0;

  Result<void> prepare(const SelectOptions& options);
  Result<void> name_columns(const SelectList& list);
  void copy_bare_columns(const SelectSql& sql, const SelectList& list);

  Result<Step> step(bool may_read);
  Result<Step> step_statement();
  Result<Step> step_block(bool may_read);

  Result<void> infer_types();
  Result<void> keep_row(std::vector<std::optional<table::ColumnType>>& types);
  void give_kept(table::RowBlock& block);

  Result<void> fill(table::RowBlock& block);
  bool fill_cells(table::Cell* cells);
  bool would_wait() const;
  Error misfit(std::size_t column, SqlKind found, std::string_view expected) const;
};

Result<void> SelectReader::State::prepare(const SelectOptions& options) {
  SelectSql sql;
  ALINKTF_ASSIGN_OR_RETURN(sql.list,
                           prepare_sql("select", options.select.empty() ? "*" : options.select));
  ALINKTF_ASSIGN_OR_RETURN(sql.condition, prepare_sql("where", options.where));
  ALINKTF_ASSIGN_OR_RETURN(database, SqlDatabase::open(input, options.seed));
  ALINKTF_ASSIGN_OR_RETURN(statement, database->prepare(sql));
  filtered = !sql.condition.empty();
  const SelectList list = split_select_list(sql.list);
  ALINKTF_TRY(name_columns(list));
  if (!options.plain && !list.quantified && database->streams(sql)) {
    copy_bare_columns(sql, list);
  }
  copied_runs = runs_of(origins);
  for (std::size_t i = 0; i < origins.size(); ++i) {
    if (!origins[i].copied) {
      evaluated.push_back(i);
    }
  }
  return {};
}

/// Names from SQL, types of bare columns from the input.
Result<void> SelectReader::State::name_columns(const SelectList& list) {
  const int count = sqlite3_column_count(statement.get());
  const auto kinds = kinds_of_columns(list, input.schema().size(), static_cast<std::size_t>(count));
  for (int i = 0; i < count; ++i) {
    table::Column column{.name = sqlite3_column_name(statement.get(), i)};
    const bool computed = kinds[static_cast<std::size_t>(i)] == SelectTerm::Kind::kComputed;
    const auto bare = computed ? std::nullopt : declared_column(statement.get(), i);
    if (bare) {
      column.type = input.schema()[*bare].type;
    }
    if (table::find_column(schema, column.name)) {
      return Error(ErrorCode::kSpec,
                   fmt::format("/select: found two columns of the result called {} (case ignored), "
                               "expected different names; give one of them another with AS",
                               quote(column.name)));
    }
    origins.push_back({.bare = bare, .copied = false, .column = i});
    schema.push_back(std::move(column));
  }
  return {};
}

/// Replace the statement by one that has no more columns than must be computed.
void SelectReader::State::copy_bare_columns(const SelectSql& sql, const SelectList& list) {
  std::vector<Origin> wanted;
  std::string terms;
  int columns = 0;
  bool computes = filtered;
  std::size_t at = 0;
  for (const SelectTerm& term : list.terms) {
    const std::size_t width = term.kind == SelectTerm::Kind::kAll ? input.schema().size() : 1;
    const bool copied = term.kind == SelectTerm::Kind::kAll || origins[at].bare;
    for (std::size_t i = 0; i < width; ++i) {
      wanted.push_back({.bare = origins[at++].bare, .copied = copied, .column = columns});
    }
    // A condition may use an alias, so its term has to stay.
    if (!copied || (!term.alias.empty() && names(sql.condition, term.alias))) {
      terms += fmt::format("{}{}", columns == 0 ? "" : ", ", term.text);
      ++columns;
      computes = true;
    }
  }
  SqlStatement smaller =
      computes
          ? database->try_prepare({.list = columns == 0 ? "1" : terms, .condition = sql.condition})
          : nullptr;
  if (computes && !smaller) {
    return;
  }
  statement = std::move(smaller);
  origins = std::move(wanted);
  by_block = true;
  input.read_by_block();
}

Result<SelectReader::State::Step> SelectReader::State::step(bool may_read) {
  if (ended) {
    return Step::kEnd;
  }
  if (by_block) {
    return step_block(may_read);
  }
  return !may_read && would_wait() ? Step::kPause : step_statement();
}

Result<SelectReader::State::Step> SelectReader::State::step_statement() {
  const int code = sqlite3_step(statement.get());
  if (code == SQLITE_ROW) {
    return Step::kRow;
  }
  if (code == SQLITE_DONE) {
    ended = !by_block;
    return Step::kEnd;
  }
  ended = true;
  if (input.error()) {
    return *input.error();
  }
  return Error(
      ErrorCode::kInput,
      fmt::format("row {} of the input: SQL error: {}", input.rows_taken(), database->message()));
}

/// A row of the pass over the block at hand, or of the next block if texts of this one are not
/// needed any more.
Result<SelectReader::State::Step> SelectReader::State::step_block(bool may_read) {
  while (true) {
    if (!in_pass) {
      if (!may_read) {
        return Step::kPause;
      }
      auto there = input.next_block();
      ended = !there.ok() || !there.value();
      if (ended) {
        return there.ok() ? Result(Step::kEnd) : std::move(there).error();
      }
      in_pass = true;
    }
    if (!statement) {
      if (input.advance_in_block()) {
        return Step::kRow;
      }
    } else {
      ALINKTF_ASSIGN_OR_RETURN(const Step step, step_statement());
      if (step == Step::kRow) {
        return step;
      }
      sqlite3_reset(statement.get());
    }
    in_pass = false;
  }
}

Result<void> SelectReader::State::keep_row(std::vector<std::optional<table::ColumnType>>& types) {
  for (std::size_t i = 0; i < schema.size(); ++i) {
    const Origin& origin = origins[i];
    SqlValue value;
    if (origin.copied) {
      value.cell = input.row()[*origin.bare];
      const auto storage = table::storage(schema[i].type);
      if (!value.cell.null &&
          (storage == table::Storage::kBytes || storage == table::Storage::kNested)) {
        value.cell = table::Cell::of_bytes(kept.texts.keep(value.cell.bytes()));
      }
    } else {
      value = take_value(statement.get(), origin.column, kept.texts);
    }
    if (!origin.bare && value.kind != SqlKind::kNull) {
      const auto widened = widen(types[i], value.kind);
      if (!widened) {
        return misfit(i, value.kind, "one kind of value, as in the rows before");
      }
      types[i] = widened;
    }
    kept.cells.push_back(value.cell);
    kept.kinds.push_back(value.kind);
  }
  return {};
}

Result<void> SelectReader::State::infer_types() {
  const auto is_computed = [](const Origin& origin) { return !origin.bare; };
  if (std::none_of(origins.begin(), origins.end(), is_computed)) {
    return {};
  }
  std::vector<std::optional<table::ColumnType>> types(schema.size());
  while (kept.cells.size() < kTypeRows * schema.size()) {
    auto row = step(true);
    if (!row.ok()) {
      if (kept.empty()) {
        return std::move(row).error();
      }
      failed = std::move(row).error();  // the rows before it are good
      break;
    }
    if (row.value() == Step::kEnd) {
      break;
    }
    ALINKTF_TRY(keep_row(types));
  }
  for (std::size_t i = 0; i < schema.size(); ++i) {
    if (is_computed(origins[i])) {
      schema[i].type = types[i].value_or(table::ColumnType::kString);
    }
  }
  return {};
}

Error SelectReader::State::misfit(std::size_t column,
                                  SqlKind found,
                                  std::string_view expected) const {
  return {ErrorCode::kInput,
          fmt::format("row {} of the input: column '{}' of the select: found {}, expected {}; "
                      "write a CAST in the select",
                      input.rows_taken(),
                      schema[column].name,
                      kind_name(found),
                      expected)};
}

/// Kept rows as a block of their own.
void SelectReader::State::give_kept(table::RowBlock& block) {
  for (; !block.full() && !kept.empty(); block.add_row()) {
    table::Cell* to = block.next_row();
    for (std::size_t i = 0; i < schema.size(); ++i, ++kept.next) {
      SqlValue value{.cell = kept.cells[kept.next], .kind = kept.kinds[kept.next]};
      fit(value, schema[i].type);  // does, or the type would be wider
      *to++ = value.cell;
    }
  }
}

/// The row at hand as cells of the result. False, with `failed`, if a value does not fit.
bool SelectReader::State::fill_cells(table::Cell* cells) {
  const table::Cell* from = input.row();
  for (const Run& run : copied_runs) {
    std::copy_n(from + run.from, run.count, cells + run.to);
  }
  for (const std::size_t i : evaluated) {
    SqlValue value = take_value(statement.get(), origins[i].column, texts);
    if (!fit(value, schema[i].type)) {
      failed = misfit(i,
                      value.kind,
                      fmt::format("{}, the type that the first {} rows gave",
                                  table::type_name(schema[i].type),
                                  kTypeRows));
      return false;
    }
    cells[i] = value.cell;
  }
  return true;
}

Result<void> SelectReader::State::fill(table::RowBlock& block) {
  while (!block.full() && !failed) {
    auto row = step(block.rows() == 0);
    if (!row.ok()) {
      failed = std::move(row).error();
    } else if (row.value() != Step::kRow) {
      break;
    } else if (fill_cells(block.next_row())) {
      block.add_row();
    }
  }
  if (block.rows() == 0 && failed) {
    return *failed;
  }
  return {};
}

bool SelectReader::State::would_wait() const {
  return kept.empty() && !failed && !ended && (filtered || input.at_block_end()) &&
         input.would_wait();
}

Result<std::unique_ptr<SelectReader>> SelectReader::open(std::unique_ptr<table::RowReader> input,
                                                         const SelectOptions& options) {
  auto state = std::make_unique<State>(std::move(input));
  ALINKTF_TRY(state->prepare(options));
  ALINKTF_TRY(state->infer_types());
  return std::unique_ptr<SelectReader>(new SelectReader(std::move(state)));
}

SelectReader::SelectReader(std::unique_ptr<State> state) : state_(std::move(state)) {}
SelectReader::~SelectReader() = default;

const table::Schema& SelectReader::schema() const {
  return state_->schema;
}

bool SelectReader::would_wait() const {
  return state_->would_wait();
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
  if (!state.kept.empty()) {
    state.give_kept(block);
  } else {
    state.kept = {};
    ALINKTF_TRY(state.fill(block));
  }
  state.rows_given += block.rows();
  return {};
}

}  // namespace alinktf::source
