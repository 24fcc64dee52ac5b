// How a CSV text is laid out. Names and defaults are Alink's.
#pragma once

#include "table/bad_row.hpp"

#include <cstddef>
#include <optional>
#include <string>

namespace alinktf::csv {

struct Options {
  /// Between fields: one character or more, taken literally. Not empty.
  std::string field_delimiter = ",";
  /// Ends every row. With "\n", a "\r" before it belongs to the delimiter. Not empty.
  std::string row_delimiter = "\n";
  /// Around a field that holds delimiters; doubled, it stands for itself. Nothing: no quoting.
  std::optional<char> quote_char = '"';
  /// The first line holds the column names: checked by the reader, written by the writer.
  bool header = false;
  /// Reader: false makes a line of a lone "\r" a row of nulls. Empty lines are always skipped.
  bool skip_blank_line = true;
  /// Reader: skip the first line unread. With `header` it is that same line.
  bool ignore_first_line = false;
  /// Reader: a vector or tensor whose text does not parse is null, and no bad row.
  bool null_for_invalid = false;
  /// Reader: gets the bad rows, and reading goes on behind them. Null: the first one is an error.
  table::BadRowTaker* bad_rows = nullptr;
  /// Reader with bad_rows: a quote that is not closed within so many bytes is taken for a stray
  /// one, so that it does not make one bad row of the rest of a file.
  std::size_t max_quoted_bytes = std::size_t{16} << 20U;
};

}  // namespace alinktf::csv
