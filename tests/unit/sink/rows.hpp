// Rows of text for an output.
#pragma once

#include "sink/output.hpp"
#include "unit/result.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace alinktf::sink {

inline table::Schema schema_of(std::string_view text) {
  return take(table::parse_schema(text));
}

/// Give `output` a row; each cell as text, "null" for a null.
inline Result<void> append(Output& output,
                           const table::Schema& schema,
                           const std::vector<std::string>& texts) {
  std::vector<table::Cell> cells;
  for (std::size_t i = 0; i < schema.size(); ++i) {
    const std::string& text = texts.at(i);
    const auto storage = table::storage(schema[i].type);
    cells.push_back(text == "null" ? table::Cell::of_null()
                    : storage == table::Storage::kInteger
                        ? table::Cell::of_integer(std::stoll(text))
                    : storage == table::Storage::kReal ? table::Cell::of_real(std::stod(text))
                                                       : table::Cell::of_bytes(text));
  }
  return output.append(cells);
}

}  // namespace alinktf::sink
