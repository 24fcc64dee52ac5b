// How a select is carried out: what SQLite computes, and what is copied past it.
#pragma once

#include "base/result.hpp"
#include "source/input_table.hpp"
#include "source/select.hpp"
#include "source/sql_database.hpp"
#include "table/schema.hpp"

#include <cstddef>
#include <memory>
#include <optional>
#include <vector>

namespace alinktf::source {

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

struct SelectPlan {
  std::unique_ptr<SqlDatabase> database;
  SqlStatement statement;  ///< none: all rows, and no column is computed
  table::Schema schema;    ///< computed columns have no type yet
  std::vector<Origin> origins;
  std::vector<Run> copied;             ///< of origins
  std::vector<std::size_t> evaluated;  ///< the other columns of the result
  bool by_block = false;  ///< SQLite passes over one block of the input after the other
  bool filtered = false;
};

/// Prepare the statement over `input`, which outlives the plan. While it streams, columns are
/// copied wherever they can be. Errors as SelectReader::open().
Result<SelectPlan> plan_select(InputTable& input, const SelectOptions& options);

}  // namespace alinktf::source
