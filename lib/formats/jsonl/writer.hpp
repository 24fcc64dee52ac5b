// Rows to JSON lines.
#pragma once

#include "base/bytes.hpp"
#include "table/row_block.hpp"
#include "table/schema.hpp"

#include <span>
#include <string>
#include <vector>

namespace alinktf::jsonl {

/// Writes each row as an object on a line, without blanks, its keys in the schema's order, so that
/// Reader reads the same row. Null is null. Numbers have the fewest digits that read back as the
/// same, those of FLOAT, DOUBLE and DECIMAL a fraction or an exponent; NaN and the infinities are
/// texts: JSON has no numbers for them. In texts, bytes that are not UTF-8 become U+FFFD. VARBINARY
/// is base64. Vectors and tensors are arrays, sparse vectors objects: see NestedParser.
class Writer {
 public:
  explicit Writer(table::Schema schema);

  /// Append `row`, one cell a column.
  void append_row(std::span<const table::Cell> row, Buffer& out) const;

 private:
  table::Schema schema_;
  std::vector<std::string> heads_;  ///< By column: all that stands before its value.
};

}  // namespace alinktf::jsonl
