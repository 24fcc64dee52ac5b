// Rows first, and the error that came behind them at the next call.
#pragma once

#include "base/result.hpp"
#include "table/row_block.hpp"

#include <optional>
#include <utility>

namespace alinktf::table {

/// What RowReader::read() asks of a reader whose input turns bad behind rows that are good.
class DeferredError {
 public:
  /// Have `fill()`, a Result<void>, add rows to `block`. If it fails, that is said once the rows
  /// that it had added have been delivered, and at every call from then on without calling it
  /// again.
  template <typename Fill>
  Result<void> read(RowBlock& block, Fill&& fill) {
    block.clear();
    if (!error_) {
      Result<void> result = std::forward<Fill>(fill)();
      if (result.ok()) {
        return {};
      }
      error_ = std::move(result).error();
      if (block.rows() != 0) {
        return {};
      }
    }
    return *error_;
  }

  explicit operator bool() const { return error_.has_value(); }
  /// Forget it: the reader goes on with another input.
  void reset() { error_.reset(); }

 private:
  std::optional<Error> error_;
};

}  // namespace alinktf::table
