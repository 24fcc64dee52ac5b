// The values of one cell as those of a tensor.
#pragma once

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "table/row_block.hpp"
#include "table/type.hpp"
#include "tensorflow/saved_model.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace alinktf::predict {

/// Turns cells whose number of values is not known beforehand into values: texts, vectors and
/// tensors. Keeps its storage. Alink's rules:
///
/// * a text in the form of a tensor (FLOAT#2,2#1.0 …) is that tensor;
/// * any other text is, for an input of strings, one value as it is, and for others a list of
///   values between blanks and commas, after an optional shape between two $: "$2 2$ 1 2 3 4".
///   Without one, the shape is that of the signature, where at most one dimension may be open;
/// * a tensor goes where its type fits: FLOAT and DOUBLE to float32, all numbers to float64, INT
///   and LONG to int64, others to their own type.
///
/// Beyond Alink, vectors are lists of numbers.
class CellValues {
 public:
  /// `wanted` are the dimensions that a cell's values have in the signature, -1 where they are
  /// open. `column_type` is that of the cells.
  CellValues(table::ColumnType column_type,
             tensorflow::DataType type,
             std::vector<std::int64_t> wanted,
             bool unknown_rank)
      : column_type_(column_type),
        type_(type),
        wanted_(std::move(wanted)),
        unknown_rank_(unknown_rank) {}

  /// Append the values of `cell`, which is not null, to `values` in a tensor's layout; those of
  /// strings as a u32 size to `sizes` and the text to `values`. dims() is their shape then. kInput
  /// with what was found and what is wanted; something may have been appended.
  Result<void> append(const table::Cell& cell, Buffer& values, Buffer& sizes);

  [[nodiscard]] const std::vector<std::int64_t>& dims() const { return dims_; }

 private:
  Result<void> append_text(std::string_view text, Buffer& values, Buffer& sizes);
  Result<void> append_list(std::string_view text, Buffer& values);
  Result<void> append_nested(std::string_view bytes, Buffer& values, Buffer& sizes);
  Result<void> take_shape(std::string_view& text, bool& given);
  Result<void> find_shape(std::size_t count);
  Result<void> check_shape() const;
  [[nodiscard]] std::string wanted() const;

  table::ColumnType column_type_;
  tensorflow::DataType type_;
  std::vector<std::int64_t> wanted_;
  bool unknown_rank_;
  std::vector<std::int64_t> dims_;
  Buffer tensor_;  ///< of a text in the form of a tensor
};

/// Append the Java text of the plain `cell` of `type`, as Alink gives it to inputs of strings.
void append_cell_text(const table::Cell& cell, table::ColumnType type, Buffer& out);

}  // namespace alinktf::predict
