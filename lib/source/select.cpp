#include "source/select.hpp"

#include "base/text.hpp"
#include "source/input_table.hpp"
#include "source/select_plan.hpp"
#include "source/sql_value.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include <sqlite3.h>

namespace alinktf::source {

namespace {

constexpr std::size_t kTypeRows = 1000;

/// The rows that gave the types, until they have been read.
struct KeptRows {
  std::vector<table::Cell> cells;  ///< row after row
  std::vector<SqlKind> kinds;      ///< as many
  table::Arena texts;
  std::size_t next = 0;  ///< cell that is to be read next

  [[nodiscard]] bool empty() const { return next == cells.size(); }
};

}  // namespace

struct SelectReader::State {
  enum class Step { kRow, kPause, kEnd };

  explicit State(std::unique_ptr<table::RowReader> reader) : input(std::move(reader)) {}

  InputTable input;
  SelectPlan plan;
  table::Schema schema;  ///< with all types
  bool in_pass = false;
  bool ended = false;
  KeptRows kept;
  table::Arena texts;  ///< of the block given last
  std::optional<Error> failed;
  std::uint64_t rows_given = 0;

  Result<void> prepare(const SelectOptions& options);

  Result<Step> step(bool may_read);
  Result<Step> step_statement();
  Result<Step> step_block(bool may_read);

  Result<void> infer_types(bool types_at_hand);
  Result<void> keep_row(std::vector<std::optional<table::ColumnType>>& types);
  void give_kept(table::RowBlock& block);

  Result<void> fill(table::RowBlock& block);
  bool fill_cells(table::Cell* cells);
  bool input_would_wait() const;
  bool would_wait() const;
  Error misfit(std::size_t column, SqlKind found, std::string_view expected) const;
};

Result<void> SelectReader::State::prepare(const SelectOptions& options) {
  ALINKTF_ASSIGN_OR_RETURN(plan, plan_select(input, options));
  schema = plan.schema;
  return {};
}

Result<SelectReader::State::Step> SelectReader::State::step(bool may_read) {
  if (ended) {
    return Step::kEnd;
  }
  if (plan.by_block) {
    return step_block(may_read);
  }
  return !may_read && would_wait() ? Step::kPause : step_statement();
}

Result<SelectReader::State::Step> SelectReader::State::step_statement() {
  const int code = sqlite3_step(plan.statement.get());
  if (code == SQLITE_ROW) {
    return Step::kRow;
  }
  if (code == SQLITE_DONE) {
    ended = !plan.by_block;
    return Step::kEnd;
  }
  ended = true;
  if (input.error()) {
    return *input.error();
  }
  return Error(
      ErrorCode::kInput,
      fmt::format(
          "row {} of the input: SQL error: {}", input.rows_taken(), plan.database->message()));
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
    if (!plan.statement) {
      if (input.advance_in_block()) {
        return Step::kRow;
      }
    } else {
      ALINKTF_ASSIGN_OR_RETURN(const Step step, step_statement());
      if (step == Step::kRow) {
        return step;
      }
      sqlite3_reset(plan.statement.get());
    }
    in_pass = false;
  }
}

Result<void> SelectReader::State::keep_row(std::vector<std::optional<table::ColumnType>>& types) {
  for (std::size_t i = 0; i < schema.size(); ++i) {
    const Origin& origin = plan.origins[i];
    SqlValue value;
    if (origin.copied) {
      value.cell = input.row()[*origin.bare];
      const auto storage = table::storage(schema[i].type);
      if (!value.cell.null &&
          (storage == table::Storage::kBytes || storage == table::Storage::kNested)) {
        value.cell = table::Cell::of_bytes(kept.texts.keep(value.cell.bytes()));
      }
    } else {
      value = take_value(plan.statement.get(), origin.column, kept.texts);
    }
    if (origin.bare && !origin.copied && !fit(value, schema[i].type, kept.texts)) {
      return misfit(i, value.kind, fmt::format("{}", table::type_name(schema[i].type)));
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

Result<void> SelectReader::State::infer_types(bool types_at_hand) {
  const auto is_computed = [](const Origin& origin) { return !origin.bare; };
  if (std::none_of(plan.origins.begin(), plan.origins.end(), is_computed)) {
    return {};
  }
  std::vector<std::optional<table::ColumnType>> types(schema.size());
  while (kept.cells.size() < kTypeRows * schema.size()) {
    if (types_at_hand && !kept.empty() && input_would_wait()) {
      break;
    }
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
    if (is_computed(plan.origins[i])) {
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
      fit(value, schema[i].type, texts);  // does, or the type would be wider
      *to++ = value.cell;
    }
  }
}

/// The row at hand as cells of the result. False, with `failed`, if a value does not fit.
bool SelectReader::State::fill_cells(table::Cell* cells) {
  const table::Cell* from = input.row();
  for (const Run& run : plan.copied) {
    std::copy_n(from + run.from, run.count, cells + run.to);
  }
  for (const std::size_t i : plan.evaluated) {
    SqlValue value = take_value(plan.statement.get(), plan.origins[i].column, texts);
    if (!fit(value, schema[i].type, texts)) {
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

bool SelectReader::State::input_would_wait() const {
  return (plan.filtered || input.at_block_end()) && input.would_wait();
}

bool SelectReader::State::would_wait() const {
  return kept.empty() && !failed && !ended && input_would_wait();
}

Result<std::unique_ptr<SelectReader>> SelectReader::open(std::unique_ptr<table::RowReader> input,
                                                         const SelectOptions& options) {
  auto state = std::make_unique<State>(std::move(input));
  ALINKTF_TRY(state->prepare(options));
  ALINKTF_TRY(state->infer_types(options.types_at_hand));
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
