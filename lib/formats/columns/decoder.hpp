// The payload of a `columns` chunk to rows. Contract: worker/runtime/PROTOCOL.md.
#pragma once

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "formats/columns/parts.hpp"
#include "formats/example/cell_rule.hpp"
#include "table/arena.hpp"
#include "table/row_block.hpp"
#include "table/schema.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace alinktf::columns {

/// Reads rows of a schema from chunks of columns, by the rules of example::Decoder: the same kinds
/// fit the same types, with the same errors. But numbers of float64 stay doubles where the type is
/// DOUBLE, DECIMAL or a vector, or a DOUBLE_TENSOR or TENSOR; and tensors have the inner shape.
class Decoder {
 public:
  explicit Decoder(table::Schema schema);

  [[nodiscard]] const table::Schema& schema() const { return schema_; }

  /// Begin with a chunk of `records` rows; `payload` must live until its last row was read. kWorker
  /// without a place if it is no such payload or lacks a column.
  Result<void> open(std::string_view payload, std::uint32_t records);

  /// Read the next row, one cell a column; to be called `records` times at most. Cells are valid
  /// until the next call. kWorker naming the column if a value does not fit.
  Result<void> read(table::Cell* row);

 private:
  /// How a cell is read.
  enum class Way : std::uint8_t {
    kFloat32,
    kFloat64,
    kRounded,  ///< float64 to FLOAT
    kInt64,
    kBool,
    kBytes,
    kOther,  ///< a decimal, nested, or an error
  };

  /// A column of the schema: its part of the chunk, and how far that was read.
  struct Source {
    std::uint64_t chunk = 0;  ///< The number of the chunk that it was found in.
    Way way = Way::kOther;
    Part part;
    const char* lengths = nullptr;
    const char* values = nullptr;
  };

  [[nodiscard]] std::optional<std::size_t> find(std::string_view name, std::size_t guess) const;
  /// The kind of an Example's list that holds the same values.
  static example::Kind list_kind(Kind kind);
  static Way way_of(const example::ColumnRule& rule, const Part& part);
  Result<void> read_cell(std::size_t column, table::Cell& cell);
  Result<void> read_other(std::size_t column, table::Cell& cell);
  Result<void> check(std::size_t column) const;
  Result<void> read_texts(std::size_t column);
  Result<void> append_integers(std::size_t column);
  Result<void> append_reals(std::size_t column);
  static void skip_values(Source& source);
  void list_dims(const Part& part);
  [[nodiscard]] Error absent(const table::Column& column, std::string_view payload) const;

  table::Schema schema_;
  std::vector<example::ColumnRule> rules_;  ///< One a column.
  std::vector<Source> sources_;             ///< One a column.
  example::ValueErrors errors_;
  std::uint64_t chunk_ = 0;
  std::uint32_t records_ = 0;
  std::uint32_t row_ = 0;
  table::Arena arena_;
  // Of the nested value at hand:
  Buffer bytes_;
  std::vector<std::int64_t> dims_;
  std::vector<std::string_view> texts_;
  std::vector<double> reals_;
};

}  // namespace alinktf::columns
