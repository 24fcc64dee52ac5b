// One CSV field to one cell: what each column type accepts.
#pragma once

#include "base/bytes.hpp"
#include "formats/csv/scanner.hpp"
#include "formats/text_form/temporal.hpp"
#include "table/row_block.hpp"

#include <string_view>

namespace alinktf::csv {

/// What to say after "expected" when a field does not fit a column of `type`.
std::string_view expectation(table::ColumnType type);

/// True if fields of `type` follow the rules of STRING, and are converted once they are unquoted:
/// VARBINARY (base64), vectors and tensors.
bool is_encoded(table::ColumnType type);

/// True if `text` has nothing but blanks, as java.lang.Character.isWhitespace() sees them.
bool is_blank(std::string_view text);

/// Room for the canonical texts of values that were written otherwise.
struct CellRoom {
  text_form::TemporalText temporal{};
  Buffer decimal;

  /// True if the text of `cell` lies here, and is lost with the next value.
  [[nodiscard]] bool holds(const table::Cell& cell) const {
    const std::string_view digits = decimal.view();
    return cell.text == temporal.data() ||
           (cell.text >= digits.data() && cell.text < digits.data() + digits.size());
  }
};

/// Parse `field` into `cell` by the rules of `type` (neither STRING nor encoded): an empty field,
/// one of blanks and one of two quotes are null; a field wholly in quotes stands for what is
/// between them. False if the value does not fit. Dates, times and decimals that are not in
/// canonical form are written to `room`.
bool parse_cell(table::ColumnType type, const Field& field, CellRoom& room, table::Cell& cell);

/// True if `quote` stands twice in a row inside the quotes of a quoted field.
bool has_doubled(std::string_view text, char quote);

/// The value of a quoted STRING field: without its quotes, doubled ones reduced to one, in place.
std::string_view unquote(std::string_view text, char quote);

/// The same, in `room` if that is needed.
std::string_view unquote(std::string_view text, char quote, Buffer& room);

}  // namespace alinktf::csv
