// All that a reader of rows gives, to compare it with what another gives.
#pragma once

#include "fuzz/fuzz.hpp"
#include "table/bad_row.hpp"
#include "table/row_block.hpp"

#include <bit>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace alinktf::fuzz {

/// The bytes of `cell`, with what tells null and an empty text apart.
inline std::string bytes_of(table::Storage storage, const table::Cell& cell) {
  if (cell.null) {
    return "null";
  }
  switch (storage) {
    case table::Storage::kInteger:
      return std::to_string(cell.integer);
    case table::Storage::kReal:
      return std::to_string(std::bit_cast<std::uint64_t>(cell.real));
    default:
      return "'" + std::string(cell.bytes());
  }
}

struct Rows {
  std::vector<std::string> cells;  ///< of all rows, one behind the other
  std::optional<std::string> error;

  friend bool operator==(const Rows&, const Rows&) = default;
};

/// Calls `visit` with each row, too.
template <typename Visit>
Rows read_all(table::RowReader& reader, Visit&& visit) {
  const table::Schema& schema = reader.schema();
  table::RowBlock block(schema.size());
  Rows rows;
  while (true) {
    const Result<void> result = reader.read(block);
    if (!result.ok()) {
      require(result.error().code() == ErrorCode::kInput, "bad input is an input error");
      rows.error = result.error().str();
      return rows;
    }
    if (block.rows() == 0) {
      return rows;
    }
    for (std::size_t i = 0; i < block.rows(); ++i) {
      for (std::size_t c = 0; c < schema.size(); ++c) {
        rows.cells.push_back(bytes_of(table::storage(schema[c].type), block.row(i)[c]));
      }
      visit(std::as_const(block).row(i));
    }
  }
}

inline Rows read_all(table::RowReader& reader) {
  return read_all(reader, [](std::span<const table::Cell> /*row*/) {});
}

/// Takes bad rows, and notes where they stand and what they are.
class Rejects final : public table::BadRowTaker {
 public:
  Result<void> take(const table::BadRow& row) override {
    rows.push_back(std::to_string(row.number) + " " + std::string(row.text));
    reasons.emplace_back(row.reason);
    return {};
  }

  std::vector<std::string> rows;
  std::vector<std::string> reasons;
};

}  // namespace alinktf::fuzz
