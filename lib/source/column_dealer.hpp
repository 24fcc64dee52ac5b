// Rows to the workers' chunks of dense columns.
#pragma once

#include "base/result.hpp"
#include "formats/columns/encoder.hpp"
#include "source/feed.hpp"
#include "source/split.hpp"

#include <cstdint>
#include <vector>

namespace alinktf::source {

/// Deals rows to workers: row k goes to worker k mod W, in `columns` chunks of a given number of
/// rows. Shares may differ by one row.
class ColumnDealer {
 public:
  /// A chunk that may have any number of rows has at most as many as this, and about kChunkBytes.
  static constexpr std::size_t kMostRows = 8192;
  static constexpr std::size_t kChunkBytes = std::size_t{512} << 10U;

  /// `schema` passes columns::Encoder::check(). `batch_rows`: rows of each chunk, but for the last
  /// one; 0: as many as there are.
  ColumnDealer(const table::Schema& schema,
               std::size_t workers,
               std::size_t batch_rows,
               ChunkTaker& taker);

  /// Take the rows of `block`. False if the taker wants no more. kInput with the row if a value has
  /// no dense form, or a chunk gets larger than it may be.
  Result<bool> add(const table::RowBlock& block);
  /// Hand over what there is, if chunks may have any number of rows.
  bool flush();
  /// Hand over everything.
  bool finish();

  [[nodiscard]] const SplitCounts& counts() const { return counts_; }

 private:
  Result<bool> add_share(std::size_t worker, const table::RowBlock& block, std::size_t first);
  bool hand_over(std::size_t worker);

  std::vector<columns::Encoder> encoders_;  ///< one a worker
  bool any_size_;
  ChunkTaker& taker_;
  std::size_t next_ = 0;  ///< the worker that gets the next row
  SplitCounts counts_;
};

}  // namespace alinktf::source
