// JSON lines to rows.
#pragma once

#include "base/byte_source.hpp"
#include "base/result.hpp"
#include "formats/jsonl/row_parser.hpp"
#include "formats/jsonl/window.hpp"
#include "table/bad_row.hpp"
#include "table/deferred_error.hpp"
#include "table/row_block.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

namespace alinktf::jsonl {

/// Reads a table of one JSON object (RFC 8259) a line, straight into cells. Texts stay where they
/// were read to: nothing is allocated for a row, and for a cell only if it is nested.
///
/// A column's value stands under its name. A key that differs from a column's name in case alone is
/// that column's as well, unless the line has the very name. A key that is not there and null are
/// null; keys of no column are ignored; a column's key that stands twice is an error. Blank lines
/// are skipped, and a byte order mark.
///
/// BOOLEAN takes true, false, 1 and 0; BYTE to LONG numbers without fraction and exponent, in
/// range; FLOAT and DOUBLE numbers, and NaN, Infinity and -Infinity, bare (as Python writes them)
/// or between quotes; DECIMAL numbers and texts of numbers; STRING, DATE, TIME and TIMESTAMP texts;
/// VARBINARY texts in base64; vectors and tensors what NestedParser says. Halves of surrogate pairs
/// become U+FFFD; bytes that are not UTF-8 are an error.
///
/// Errors are kInput and name source, line (from 1), column or byte in the line (from 1), what was
/// found and what was expected. Arrays and objects more than 100 deep are an error of the line, and
/// a line above 1 GiB one of the input.
class Reader final : public table::RowReader {
 public:
  /// `bad_rows` takes the bad lines and must outlive the reader; if it is null, they end the
  /// reading. `null_for_invalid`: a vector or tensor that does not fit its column is null.
  Reader(std::unique_ptr<ByteSource> source,
         table::Schema schema,
         table::BadRowTaker* bad_rows = nullptr,
         bool null_for_invalid = false);

  [[nodiscard]] const table::Schema& schema() const override { return schema_; }
  Result<void> read(table::RowBlock& block) override;
  [[nodiscard]] bool would_wait() const override;

  /// Rows delivered so far, and bad rows left out.
  [[nodiscard]] std::uint64_t rows_read() const { return rows_read_; }
  [[nodiscard]] std::uint64_t skipped() const { return skipped_; }
  /// Values that are null because of `null_for_invalid`.
  [[nodiscard]] std::uint64_t invalid_values() const { return parser_.invalid_values(); }

 private:
  Result<void> fill(table::RowBlock& block);
  Result<void> add_lines(table::RowBlock& block);
  Result<void> add_line(Line line, table::RowBlock& block);
  Result<void> leave_out();
  Result<bool> refill();

  table::Schema schema_;
  table::BadRowTaker* bad_rows_;
  Window window_;
  RowParser parser_;
  std::uint64_t line_ = 0;  ///< The last one read.
  std::uint64_t rows_read_ = 0;
  std::uint64_t skipped_ = 0;
  table::DeferredError failed_;
};

}  // namespace alinktf::jsonl
