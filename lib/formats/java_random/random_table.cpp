#include "formats/java_random/random_table.hpp"

#include "base/text.hpp"

#include <fmt/format.h>

namespace alinktf::java_random {

Result<std::unique_ptr<RandomTable>> RandomTable::open(const RandomTableOptions& options) {
  if (options.num_rows < 0) {
    return Error(ErrorCode::kSpec,
                 fmt::format("numRows: found {}, expected 0 or more", options.num_rows));
  }
  const std::size_t columns =
      options.output_cols.empty() ? options.num_cols : options.output_cols.size();
  if (columns == 0) {
    return Error(ErrorCode::kSpec, "numCols: found 0, expected 1 or more");
  }
  table::Schema schema;
  if (options.id_col) {
    schema.push_back({std::string(trim(*options.id_col)), table::ColumnType::kLong});
  }
  for (std::size_t i = 0; i < columns; ++i) {
    std::string name = options.output_cols.empty() ? fmt::format("col{}", i)
                                                   : std::string(trim(options.output_cols[i]));
    if (name.empty() || table::find_column(schema, name)) {
      return Error(ErrorCode::kSpec,
                   fmt::format("outputCols: found {}, expected names that differ without case",
                               quote(name)));
    }
    schema.push_back({std::move(name), table::ColumnType::kDouble});
  }
  // The constructor is private, so std::make_unique cannot call it.
  return std::unique_ptr<RandomTable>(
      new RandomTable(std::move(schema), options.num_rows, options.id_col.has_value()));
}

Result<void> RandomTable::read(table::RowBlock& block) {
  block.clear();
  for (; row_ < num_rows_ && !block.full(); ++row_) {
    table::Cell* cell = block.next_row();
    const table::Cell* const end = cell + schema_.size();
    if (has_id_) {
      *cell++ = table::Cell::of_integer(row_);
    }
    for (; cell != end; ++cell) {
      *cell = table::Cell::of_real(random_.next_double());
    }
    block.add_row();
  }
  return {};
}

}  // namespace alinktf::java_random
