#include "source/select_plan.hpp"

#include "base/text.hpp"
#include "source/select_list.hpp"
#include "source/sql_text.hpp"

#include <fmt/format.h>

#include <charconv>
#include <string>
#include <string_view>

#include <sqlite3.h>

namespace alinktf::source {

namespace {

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

/// The kind of term that makes each column of the result.
std::vector<SelectTerm::Kind> kinds_of_columns(const SelectList& list, std::size_t width) {
  std::vector<SelectTerm::Kind> kinds;
  for (const SelectTerm& term : list.terms) {
    kinds.insert(kinds.end(), term.kind == SelectTerm::Kind::kAll ? width : 1, term.kind);
  }
  return kinds;
}

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

/// Names from SQL, types of bare columns from the input.
Result<void> name_columns(const SelectList& list, const table::Schema& input, SelectPlan& plan) {
  sqlite3_stmt* statement = plan.statement.get();
  const int count = sqlite3_column_count(statement);
  const auto kinds = kinds_of_columns(list, input.size());
  if (kinds.size() != static_cast<std::size_t>(count)) {
    return Error(
        ErrorCode::kInternal,
        fmt::format("/select: SQLite makes {} columns of a list that has {}", count, kinds.size()));
  }
  for (int i = 0; i < count; ++i) {
    table::Column column{.name = sqlite3_column_name(statement, i)};
    const bool computed = kinds[static_cast<std::size_t>(i)] == SelectTerm::Kind::kComputed;
    const auto bare = computed ? std::nullopt : declared_column(statement, i);
    if (bare) {
      column.type = input[*bare].type;
    }
    if (table::find_column(plan.schema, column.name)) {
      return Error(ErrorCode::kSpec,
                   fmt::format("/select: found two columns of the result called {} (case ignored), "
                               "expected different names; give one of them another with AS",
                               quote(column.name)));
    }
    plan.origins.push_back({.bare = bare, .copied = false, .column = i});
    plan.schema.push_back(std::move(column));
  }
  return {};
}

/// The terms that a statement needs whose bare columns are copied past it.
struct SmallerList {
  std::string terms;
  int columns = 0;
};

/// Have the bare columns copied in `origins`.
SmallerList copy_columns(const SelectList& list,
                         std::size_t width,
                         std::string_view condition,
                         std::vector<Origin>& origins) {
  SmallerList smaller;
  std::size_t at = 0;
  for (const SelectTerm& term : list.terms) {
    const std::size_t columns = term.kind == SelectTerm::Kind::kAll ? width : 1;
    bool needed = false;
    for (const std::size_t end = at + columns; at < end; ++at) {
      origins[at].copied = origins[at].bare.has_value();
      origins[at].column = smaller.columns;
      needed = needed || !origins[at].copied;
    }
    // A condition may use an alias, so its term has to stay.
    if (needed || (!term.alias.empty() && names(condition, term.alias))) {
      smaller.terms += fmt::format("{}{}", smaller.columns == 0 ? "" : ", ", term.text);
      ++smaller.columns;
    }
  }
  return smaller;
}

/// Replace the statement by one that has no more columns than must be computed, if there can be
/// such a one.
void copy_bare_columns(const SelectSql& sql,
                       const SelectList& list,
                       InputTable& input,
                       SelectPlan& plan) {
  std::vector<Origin> origins = plan.origins;
  const SmallerList smaller = copy_columns(list, input.schema().size(), sql.condition, origins);
  SqlStatement statement;
  if (smaller.columns != 0 || plan.filtered) {
    statement = plan.database->try_prepare(
        {.list = smaller.columns == 0 ? "1" : smaller.terms, .condition = sql.condition});
    if (!statement) {
      return;
    }
  }
  plan.statement = std::move(statement);
  plan.origins = std::move(origins);
  plan.by_block = true;
  input.read_by_block();
}

}  // namespace

Result<SelectPlan> plan_select(InputTable& input, const SelectOptions& options) {
  SelectSql sql;
  ALINKTF_ASSIGN_OR_RETURN(sql.list,
                           prepare_sql("select", options.select.empty() ? "*" : options.select));
  ALINKTF_ASSIGN_OR_RETURN(sql.condition, prepare_sql("where", options.where));
  SelectPlan plan;
  plan.filtered = !sql.condition.empty();
  ALINKTF_ASSIGN_OR_RETURN(plan.database, SqlDatabase::open(input, options.seed));
  ALINKTF_ASSIGN_OR_RETURN(plan.statement, plan.database->prepare(sql));
  const SelectList list = split_select_list(sql.list);
  ALINKTF_TRY(name_columns(list, input.schema(), plan));
  if (!options.plain && !list.quantified && plan.database->streams(sql)) {
    copy_bare_columns(sql, list, input, plan);
  }
  plan.copied = runs_of(plan.origins);
  for (std::size_t i = 0; i < plan.origins.size(); ++i) {
    if (!plan.origins[i].copied) {
      plan.evaluated.push_back(i);
    }
  }
  return plan;
}

}  // namespace alinktf::source
