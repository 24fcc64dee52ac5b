// selectedCols: some columns of a table, in a given order.
#pragma once

#include "base/result.hpp"
#include "table/row_block.hpp"

#include <memory>
#include <string>
#include <vector>

namespace alinktf::source {

/// The positions of `names` in `schema`. kSpec naming the column that is not there and the nearest
/// one.
Result<std::vector<std::size_t>> find_columns(const table::Schema& schema,
                                              const std::vector<std::string>& names);

/// A reader of just the columns `names` of `input`, in that order. kSpec as find_columns().
Result<std::unique_ptr<table::RowReader>> project(std::unique_ptr<table::RowReader> input,
                                                  const std::vector<std::string>& names);

}  // namespace alinktf::source
