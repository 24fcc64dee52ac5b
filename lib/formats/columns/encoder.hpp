// Rows to the payload of a `columns` chunk of a feed. Contract: worker/runtime/PROTOCOL.md,
// "Streams".
#pragma once

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "table/nested.hpp"
#include "table/row_block.hpp"
#include "table/schema.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

namespace alinktf::columns {

/// Gathers rows into dense columns that TensorFlow takes apart without looking at each value.
///
/// The values are those of the Examples: FLOAT, DOUBLE and DECIMAL become float32, BOOLEAN to LONG
/// int64, texts and bytes strings, vectors and tensors the same with the shape of their first value
/// in each chunk. A null becomes NaN or an empty text; one without such a value is an error.
class Encoder {
 public:
  /// What a column becomes.
  enum class Kind : std::uint8_t { kInt64, kFloat32, kText, kNested };

  /// kSpec, naming the column, if `schema` has one that has no dense form: TENSOR, whose values
  /// decide what it is, and BYTE_TENSOR.
  static Result<void> check(const table::Schema& schema);

  /// `schema` passes check(). A chunk has at most `rows` rows.
  Encoder(const table::Schema& schema, std::size_t rows);

  /// Append rows `first`, `first` + `step` … of `block` until it ends or the chunk is full; how
  /// many these were. kInput naming the column if a value has no dense form, bad_row() is its row.
  Result<std::size_t> append(const table::RowBlock& block, std::size_t first, std::size_t step);
  [[nodiscard]] std::size_t bad_row() const { return bad_row_; }

  [[nodiscard]] std::size_t rows() const { return rows_; }
  [[nodiscard]] bool full() const { return rows_ == most_; }
  /// Bytes that the rows take so far, about.
  [[nodiscard]] std::size_t bytes() const;

  /// Append the payload of all rows so far to `out`, and begin anew.
  void finish(Buffer& out);

 private:
  struct Column {
    Kind kind = Kind::kText;
    bool decimal = false;
    std::size_t place = 0;  ///< among those of its kind
    std::string name;
    std::string_view type;
    table::FeatureKind feature = table::FeatureKind::kBytesList;
    Buffer values;                   ///< kText, kNested
    std::vector<std::int64_t> dims;  ///< kNested: of the chunk's first row
    bool has_dims = false;
  };

  Result<void> append_column(std::size_t index,
                             const table::RowBlock& block,
                             std::size_t first,
                             std::size_t step,
                             std::size_t count);
  Result<void> append_nested(Column& column, const table::Cell& cell);
  [[nodiscard]] static Error no_value(const Column& column);
  void finish_numbers(Buffer& out);
  void finish_texts(Buffer& out);
  void finish_nested(Column& column, Buffer& out) const;

  std::vector<Column> columns_;
  std::size_t most_;
  std::size_t rows_ = 0;
  std::size_t integers_ = 0;  ///< columns of that kind
  std::size_t floats_ = 0;
  std::size_t texts_ = 0;
  // Column after column, room for most_ rows each.
  std::unique_ptr<std::int64_t[]> integer_values_;
  std::unique_ptr<float[]> float_values_;
  std::size_t bad_row_ = 0;
};

}  // namespace alinktf::columns
