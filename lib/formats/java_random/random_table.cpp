#include "formats/java_random/random_table.hpp"

#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <span>

namespace alinktf::java_random {

namespace {

/// What each of `columns` holds. Empty if all are uniform(0,1).
Result<std::vector<Distribution>> distributions_of(std::string_view text,
                                                   std::span<const table::Column> columns) {
  ALINKTF_ASSIGN_OR_RETURN(auto confs, parse_col_confs(text));
  std::vector<Distribution> distributions(confs.empty() ? 0 : columns.size());
  for (RandomColumnConf& conf : confs) {
    const auto column = std::find_if(columns.begin(), columns.end(), [&](const auto& candidate) {
      return equal_ignoring_case(candidate.name, conf.column);
    });
    if (column == columns.end()) {
      std::vector<std::string_view> names;
      std::transform(
          columns.begin(), columns.end(), std::back_inserter(names), [](const table::Column& each) {
            return std::string_view(each.name);
          });
      return Error(ErrorCode::kSpec,
                   fmt::format("outputColConfs: at character {}: found column {}, expected one of "
                               "the generated columns{}",
                               conf.at,
                               quote(conf.column),
                               did_you_mean(conf.column, names)));
    }
    distributions[static_cast<std::size_t>(column - columns.begin())] =
        std::move(conf.distribution);
  }
  return distributions;
}

}  // namespace

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
  const auto generated = std::span(schema).subspan(options.id_col ? 1 : 0);
  ALINKTF_ASSIGN_OR_RETURN(auto distributions,
                           distributions_of(options.output_col_confs, generated));
  // The constructor is private, so std::make_unique cannot call it.
  return std::unique_ptr<RandomTable>(new RandomTable(
      std::move(schema), std::move(distributions), options.num_rows, options.id_col.has_value()));
}

Result<void> RandomTable::read(table::RowBlock& block) {
  block.clear();
  for (; row_ < num_rows_ && !block.full(); ++row_) {
    table::Cell* cell = block.next_row();
    const table::Cell* const end = cell + schema_.size();
    if (has_id_) {
      *cell++ = table::Cell::of_integer(row_);
    }
    if (distributions_.empty()) {
      for (; cell != end; ++cell) {
        *cell = table::Cell::of_real(random_.next_double());
      }
    } else {
      for (const Distribution& distribution : distributions_) {
        *cell++ = distribution.draw(random_);
      }
    }
    block.add_row();
  }
  return {};
}

}  // namespace alinktf::java_random
