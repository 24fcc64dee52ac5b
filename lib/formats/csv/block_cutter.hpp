// Cuts a CSV source into blocks of whole rows, for readers that work side by side.
#pragma once

#include "base/byte_source.hpp"
#include "base/bytes.hpp"
#include "base/result.hpp"
#include "formats/csv/options.hpp"
#include "formats/csv/scanner.hpp"
#include "formats/csv/window.hpp"
#include "table/schema.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace alinktf::csv {

/// Whole rows as they stand in the source. The last row of the source has its delimiter, too.
struct Block {
  Buffer bytes;
  std::uint64_t first_line = 1;  ///< Number of the line that the first row begins in.
};

/// Finds where rows end and little else: several times as fast as a Reader. What stands before the
/// rows (byte order mark, header, ignored line) is checked and left out as Reader::open() does.
class BlockCutter {
 public:
  static constexpr std::size_t kBlockBytes = std::size_t{1} << 20U;

  /// Errors are those of Reader::open(). Blocks have about `block_bytes`, or one row if that is
  /// larger.
  static Result<std::unique_ptr<BlockCutter>> open(std::unique_ptr<ByteSource> source,
                                                   const table::Schema& schema,
                                                   const Options& options,
                                                   std::size_t block_bytes = kBlockBytes);

  /// Cut off the next block: false if there is none. Uses the storage that `block` has, so that
  /// blocks that come back cost no allocation. Does not wait for input while there are whole rows.
  /// kInput if the source cannot be read (rows before that have been delivered by then, and the
  /// cutter stays failed), or if a row is longer than 1 GiB.
  Result<bool> next(Block& block);

  /// True if the next next() would have to wait for input.
  [[nodiscard]] bool would_wait() const;

  /// The source's name, for the readers.
  [[nodiscard]] const std::string& name() const { return name_; }

 private:
  BlockCutter(std::unique_ptr<ByteSource> source, const Options& options, std::size_t block_bytes);

  void fill(std::size_t size);

  std::string name_;
  Scanner scanner_;
  Window window_;
  std::size_t block_bytes_;
  std::uint64_t line_ = 1;        ///< Of the row at window_.begin().
  std::optional<Error> failed_;   ///< To be returned once the rows before it have been.
  mutable RowProgress progress_;  ///< How far the row at window_.begin() has been looked at.
};

}  // namespace alinktf::csv
