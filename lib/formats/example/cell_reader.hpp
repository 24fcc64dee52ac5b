// Features to cells.
#pragma once

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "formats/example/cell_rule.hpp"
#include "formats/example/feature.hpp"
#include "table/arena.hpp"
#include "table/row_block.hpp"
#include "table/schema.hpp"

#include <string_view>
#include <vector>

namespace alinktf::example {

/// Reads cells out of Features.
class CellReader {
 public:
  /// `code` of all errors: kWorker if a script has written the Examples, kInput if they are input.
  /// Decides what an error advises.
  explicit CellReader(ErrorCode code) : errors_(code) {}

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
  Result<void> read_decimal(const table::Column& column,
                            const Feature& feature,
                            table::Arena& arena,
                            table::Cell& cell);
  Result<void> read_integer(const table::Column& column,
                            const ColumnRule& rule,
                            const Feature& feature,
                            table::Cell& cell) const;
  Result<void> read_nested(const table::Column& column,
                           const ColumnRule& rule,
                           const Feature& feature);
  void append_reals(const Feature& feature, bool as_double);
  void append_sparse_values();
  Result<void> append_integers(const table::Column& column, const ColumnRule& rule);

  ValueErrors errors_;
  std::vector<std::string_view> pieces_;  ///< Of the Feature at hand.
  Buffer bytes_;                          ///< A nested value that is being put together.
};

}  // namespace alinktf::example
