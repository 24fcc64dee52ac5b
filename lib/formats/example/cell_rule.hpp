// What columns take from a script: shared by all forms in which rows come back.
#pragma once

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "formats/example/feature.hpp"
#include "table/arena.hpp"
#include "table/nested.hpp"
#include "table/row_block.hpp"
#include "table/schema.hpp"

#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string_view>

namespace alinktf::example {

/// Cells count their bytes in 32 bits.
constexpr std::size_t kMaxNestedBytes = std::size_t{1} << 31U;
/// At most so many values, whatever they are.
constexpr std::size_t kMaxNestedValues = kMaxNestedBytes / sizeof(std::int64_t);

/// What a column of some type takes.
struct ColumnRule {
  explicit ColumnRule(table::ColumnType type);

  table::ColumnType type;
  table::Storage storage;
  /// kNone for TENSOR, which takes any.
  Kind kind;
  /// Of integers.
  std::int64_t least = std::numeric_limits<std::int64_t>::min();
  std::int64_t most = std::numeric_limits<std::int64_t>::max();

  [[nodiscard]] bool holds(std::int64_t value) const { return value >= least && value <= most; }
};

/// What the values of a column of tensors become, if they are integers.
table::Element integer_element(table::ColumnType type);

/// A value of Storage::kBytes: `bytes` themselves, or with U+FFFD in `arena` where a text is no
/// UTF-8.
table::Cell bytes_cell(const ColumnRule& rule, std::string_view bytes, table::Arena& arena);

/// Append a sparse vector of all `values` but +0.
void append_sparse(Buffer& out, std::span<const double> values);
/// Append a string tensor of `dims`. Texts that are no UTF-8 are repaired: in `texts`, their bytes
/// in `arena`.
void append_string_tensor(Buffer& out,
                          std::span<const std::int64_t> dims,
                          std::span<std::string_view> texts,
                          table::Arena& arena);

/// The errors of values that do not fit their column.
class ValueErrors {
 public:
  /// `code` of all errors: kWorker if a script has written the values, kInput if they are input.
  /// Decides what an error advises.
  explicit ValueErrors(ErrorCode code) : code_(code) {}

  [[nodiscard]] bool is_input() const { return code_ == ErrorCode::kInput; }
  [[nodiscard]] Error bad_value(const table::Column& column, std::string_view what) const;
  [[nodiscard]] Error bad_integer(const table::Column& column,
                                  const ColumnRule& rule,
                                  std::int64_t value) const;
  /// Whether a row of the column may have `count` values.
  [[nodiscard]] Result<void> check_count(const table::Column& column,
                                         const ColumnRule& rule,
                                         std::size_t count) const;
  /// Append a BYTE_TENSOR, one row a bytes value, as Alink reads it: the rank is always 2. An error
  /// if `rows` differ in size.
  Result<void> append_byte_rows(Buffer& out,
                                const table::Column& column,
                                std::span<const std::string_view> rows) const;
  /// Append the text of a DECIMAL. An error if `value` is NaN or infinite.
  Result<void> append_decimal(Buffer& out, const table::Column& column, float value) const;
  Result<void> append_decimal(Buffer& out, const table::Column& column, double value) const;

 private:
  [[nodiscard]] Error not_finite(const table::Column& column, double value) const;

  ErrorCode code_;
};

}  // namespace alinktf::example
