// Rows to CSV text.
#pragma once

#include "base/bytes.hpp"
#include "formats/csv/options.hpp"
#include "table/row_block.hpp"
#include "table/schema.hpp"

#include <span>
#include <string_view>

namespace alinktf::csv {

/// Writes rows in the form of Alink's CSV sink: null is nothing, an empty STRING is two quotes, a
/// STRING is quoted if it is empty or holds a delimiter or the quote, the texts of vectors and
/// tensors (text_form/nested_text.hpp) likewise, numbers have Java's layout, nothing else is ever
/// quoted, and every row ends with the row delimiter. VARBINARY, which Alink cannot write, is text
/// in base64 that is quoted as a STRING is. Unlike Alink's, a
/// STRING with a "\r" at its end is quoted where a "\n" would follow, because readers take that
/// "\r" for a part of the row delimiter.
class Writer {
 public:
  Writer(table::Schema schema, Options options)
      : schema_(std::move(schema)), options_(std::move(options)) {}

  /// Append the line of column names if Options::header asks for it.
  void append_header(Buffer& out) const;

  /// Append `row`, one cell a column.
  void append_row(std::span<const table::Cell> row, Buffer& out) const;

 private:
  void append_cell(std::size_t column, const table::Cell& cell, Buffer& out) const;
  void append_text(std::string_view text, bool ends_row, Buffer& out) const;
  void append_quoted(std::string_view text, Buffer& out) const;
  void quote_tail(std::size_t from, Buffer& out) const;
  [[nodiscard]] bool needs_quotes(std::string_view text, bool ends_row) const;

  table::Schema schema_;
  Options options_;
};

}  // namespace alinktf::csv
