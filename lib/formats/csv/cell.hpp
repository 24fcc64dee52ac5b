// One CSV field to one cell: what each column type accepts.
#pragma once

#include "formats/csv/scanner.hpp"
#include "formats/text_form/temporal.hpp"
#include "table/row_block.hpp"

#include <string_view>

namespace alinktf::csv {

/// What to say after "expected" when a field does not fit a column of `type`.
std::string_view expectation(table::ColumnType type);

/// True if columns of `type` can be read from CSV.
bool is_readable(table::ColumnType type);

/// Parse `field` into `cell` by the rules of `type` (any readable one but STRING): an empty field,
/// one of blanks and one of two quotes are null; a field wholly in quotes stands for what is
/// between them. False if the value does not fit. Dates and times that are not in canonical form
/// are written to `room`, which must live as long as the cell.
bool parse_cell(table::ColumnType type,
                const Field& field,
                text_form::TemporalText& room,
                table::Cell& cell);

/// True if `quote` stands twice in a row inside the quotes of a quoted field.
bool has_doubled(std::string_view text, char quote);

/// The value of a quoted STRING field: without its quotes, doubled ones reduced to one, in place.
std::string_view unquote(std::string_view text, char quote);

}  // namespace alinktf::csv
