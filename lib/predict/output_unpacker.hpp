// Tensors of many rows to cells.
#pragma once

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "predict/binding.hpp"
#include "table/arena.hpp"
#include "table/row_block.hpp"
#include "tensorflow/tensor.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace alinktf::predict {

/// Turns the results of a call into the cells of one output column. Alink's rules:
///
/// * tensors and vectors: the values with their shape, in the style of whole tensors with the batch
///   dimension;
/// * STRING: the values' Java texts with a blank between them;
/// * numbers and BOOLEAN: the first value, by its Java text (so that a float of 0.1 is a double of
///   0.1); a fraction is cut off where the column is of whole numbers.
class OutputUnpacker {
 public:
  OutputUnpacker(const BoundOutput& output, Style style);

  /// Which rows a tensor holds: row i has `parts[i]` entries along its first axis, or one if
  /// `parts` is empty; with `whole` the tensor is that of the only row.
  struct Rows {
    std::size_t count = 0;
    std::span<const std::uint32_t> parts;
    bool whole = false;
  };
  /// Where the cells go: each `stride` cells behind the one before; texts to the arena.
  struct Target {
    table::Cell* cells;
    std::size_t stride;
    table::Arena& arena;
  };

  /// Write the cells of all rows. kInput with what does not fit.
  Result<void> unpack(const tensorflow::TensorView& tensor, const Rows& rows, const Target& target);

  /// True once a row had more values than the column takes.
  [[nodiscard]] bool left_values_out() const { return left_out_; }
  [[nodiscard]] const table::Column& column() const { return output_.column; }

 private:
  struct Part {
    const tensorflow::TensorView* tensor = nullptr;
    std::span<const std::int64_t> dims;  ///< of the cell
    std::size_t first = 0;               ///< value
    std::size_t count = 0;
    const char* text = nullptr;  ///< where the texts of the part begin, if the tensor has strings
  };

  Result<void> unpack_cell(const Part& part, table::Cell& cell, table::Arena& arena);
  Result<void> unpack_number(const Part& part, table::Cell& cell, table::Arena& arena);
  struct Number {
    bool real = false;  ///< which member counts
    double as_real = 0;
    std::int64_t as_integer = 0;
  };
  [[nodiscard]] Result<Number> first_number(const Part& part) const;
  [[nodiscard]] Error misfit(const Part& part) const;
  void unpack_text(const Part& part, table::Cell& cell, table::Arena& arena);
  Result<void> unpack_nested(const Part& part, table::Cell& cell, table::Arena& arena);

  BoundOutput output_;
  Style style_;
  bool left_out_ = false;
  Buffer bytes_;
  std::vector<std::int64_t> dims_;
};

}  // namespace alinktf::predict
