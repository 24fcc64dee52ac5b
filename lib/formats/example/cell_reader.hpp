// Features to cells.
#pragma once

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "formats/example/feature.hpp"
#include "table/arena.hpp"
#include "table/row_block.hpp"
#include "table/schema.hpp"

#include <cstdint>
#include <limits>
#include <string_view>
#include <vector>

namespace alinktf::example {

/// What a column of some type takes from a Feature.
struct ColumnRule {
  explicit ColumnRule(table::ColumnType type);

  table::ColumnType type;
  table::Storage storage;
  /// kNone for TENSOR, which takes any.
  Kind kind;
  /// Of integers.
  std::int64_t least = std::numeric_limits<std::int64_t>::min();
  std::int64_t most = std::numeric_limits<std::int64_t>::max();
};

/// Reads cells out of Features.
class CellReader {
 public:
  /// `code` of all errors: kWorker if a script has written the Examples, kInput if they are input.
  /// Decides what an error advises.
  explicit CellReader(ErrorCode code) : code_(code) {}

  /// Read `feature` as the value of `column`, which has `rule`. Bytes that do not lie in the record
  /// go to `arena`. No values are a null. Errors are those of Decoder::decode().
  Result<void> read(const table::Column& column,
                    const ColumnRule& rule,
                    const Feature& feature,
                    table::Arena& arena,
                    table::Cell& cell);

 private:
  Result<void> check(const table::Column& column,
                     const ColumnRule& rule,
                     const Feature& feature) const;
  Result<void> read_integer(const table::Column& column,
                            const ColumnRule& rule,
                            const Feature& feature,
                            table::Cell& cell) const;
  Result<void> read_nested(const table::Column& column,
                           const ColumnRule& rule,
                           const Feature& feature);
  void append_reals(const Feature& feature, bool as_double);
  void append_sparse(const Feature& feature);
  Result<void> append_integers(const table::Column& column, const ColumnRule& rule);
  Result<void> append_byte_rows(const table::Column& column);
  void append_strings(table::Arena& arena);

  [[nodiscard]] Error bad_value(const table::Column& column, std::string_view what) const;
  [[nodiscard]] Error bad_integer(const table::Column& column,
                                  const ColumnRule& rule,
                                  std::int64_t value) const;

  ErrorCode code_;
  std::vector<std::string_view> pieces_;  ///< Of the Feature at hand.
  Buffer bytes_;                          ///< A nested value that is being put together.
};

}  // namespace alinktf::example
