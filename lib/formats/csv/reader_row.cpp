// The part of Reader that turns one row's text into cells.
#include "base/text.hpp"
#include "formats/csv/cell.hpp"
#include "formats/csv/reader.hpp"
#include "formats/text_form/base64.hpp"
#include "formats/text_form/plain_number.hpp"
#include "formats/text_form/temporal.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace alinktf::csv {

using table::Cell;
using table::ColumnType;

Error Reader::bad_field(const Row& row, const Field& field, std::string_view reason) const {
  const table::Column& column = schema_[row.column];
  return {ErrorCode::kInput,
          fmt::format("{}: line {}, column {} ({}): found {}, expected {}{}{}",
                      name_,
                      line_ + row.line_breaks,
                      quote(column.name),
                      table::type_name(column.type),
                      quote(field.text),
                      expectation(column.type),
                      reason.empty() ? "" : "; ",
                      reason)};
}

Error Reader::broken_quote(const Row& row, const Field& field) const {
  const std::uint64_t line = line_ + row.line_breaks;
  std::string where = fmt::format("{}: line {}, behind the last column", name_, line);
  if (row.column < schema_.size()) {
    const table::Column& column = schema_[row.column];
    where = fmt::format("{}: line {}, column {} ({})",
                        name_,
                        line,
                        quote(column.name),
                        table::type_name(column.type));
  }
  if (field.end == FieldEnd::kUnbalanced) {
    return {ErrorCode::kInput, fmt::format("{}: the quote that begins here is not closed", where)};
  }
  constexpr std::size_t kShown = 20;
  const char* const behind = field.text.data() + field.text.size();
  const std::string_view rest(behind, static_cast<std::size_t>(row.end - behind));
  return {
      ErrorCode::kInput,
      fmt::format("{}: the quote that begins here ends in line {}; found {} behind it, expected "
                  "a delimiter",
                  where,
                  line + field.line_breaks,
                  quote(rest.substr(0, std::min(kShown, rest.find(row_end_)))))};
}

/// The row to parse: in the window, or a line of a bad row.
Reader::Row Reader::next_row() const {
  Row row{.at = window_.begin(), .end = window_.end(), .is_last = window_.is_last()};
  if (lines_end_ != nullptr) {
    row.end = scanner_.line_end(row.at, lines_end_);
    row.is_last = true;
  }
  return row;
}

Reader::Step Reader::parse_row(Cell* cells) {
  Row row = next_row();
  if (*row.at == row_end_ || *row.at == '\r') {
    const Step step = parse_blank_row(cells);
    if (step != Step::kMore) {
      return step;
    }
  }
  doubled_.clear();
  if (has_plain_fields_) {
    parse_plain(row, cells);
  }
  for (; row.column < schema_.size(); ++row.column) {
    if (row.ended) {
      return skip_rest(row,
                       bad_row(fmt::format("found {} fields, expected {}; column {} is missing",
                                           row.column,
                                           schema_.size(),
                                           quote(schema_[row.column].name))));
    }
    const Step step = parse_field(row, cells[row.column]);
    if (step != Step::kRow) {
      return step;
    }
  }
  return reduce_doubled(row.ended ? finish_row(row) : skip_rest(row, std::nullopt), cells);
}

/// A row of nothing or of a lone "\r"; kMore if it is none.
Reader::Step Reader::parse_blank_row(Cell* cells) {
  const char* at = window_.begin();
  const bool lone_return = *at == '\r' && scanner_.drops_carriage_return();
  at += lone_return ? 1 : 0;
  if (!scanner_.at_row_delimiter(at, window_.end())) {
    return Step::kMore;
  }
  Row row{.at = at + scanner_.row_delimiter().size()};
  finish_row(row);
  if (!lone_return || skip_blank_line_) {
    return Step::kBlank;
  }
  std::fill_n(cells, schema_.size(), Cell::of_null());
  return Step::kRow;
}

/// Parse the fields at the front of the row that are as plain as most: unquoted, and numbers in a
/// common form. Stops before the first that is not, which parse_field() then looks at.
void Reader::parse_plain(Row& row, Cell* cells) const {
  const char* at = row.at;
  const std::size_t columns = parsers_.size();
  std::size_t column = 0;
  for (; column < columns; ++column) {
    Cell& cell = cells[column];
    const char* const end = scan_plain(parsers_[column], at, cell);
    if (end == nullptr) {
      break;
    }
    if (*end != field_end_) {
      if (column + 1 == columns && *end == row_end_) {
        row.ended = true;
        at = end + 1;
        ++column;
      }
      break;
    }
    at = end + 1;
  }
  row.at = at;
  row.column = column;
}

/// The end of the plain field at `at`, with its value, or nullptr.
inline const char* Reader::scan_plain(const PlainParser& parser, const char* at, Cell& cell) const {
  switch (parser.kind) {
    case PlainParser::Kind::kDouble: {
      double value = 0;
      const char* const end = text_form::scan_real(at, value);
      cell = Cell::of_real(value);
      return end;
    }
    case PlainParser::Kind::kFloat: {
      float value = 0;
      const char* const end = text_form::scan_real(at, value);
      cell = Cell::of_real(static_cast<double>(value));
      return end;
    }
    case PlainParser::Kind::kInteger: {
      std::int64_t value = 0;
      const char* const end = text_form::scan_integer(at, value);
      cell = Cell::of_integer(value);
      return value >= parser.least && value <= parser.most ? end : nullptr;
    }
    case PlainParser::Kind::kDecimal: {
      const char* const end = text_form::scan_decimal(at);
      cell = Cell::of_bytes({at, end == nullptr ? 0 : static_cast<std::size_t>(end - at)});
      return end;
    }
    case PlainParser::Kind::kText: {
      if (*at == quote_ || *at == field_end_ || *at == row_end_) {
        return nullptr;
      }
      const char* const end = find_either(at, window_.end(), field_end_, row_end_);
      const bool drop = *end == row_end_ && end[-1] == '\r' && scanner_.drops_carriage_return();
      cell = Cell::of_bytes({at, static_cast<std::size_t>(end - at) - (drop ? 1 : 0)});
      return drop && end - at == 1 ? nullptr : end;
    }
    default:
      return nullptr;
  }
}

Reader::Step Reader::parse_field(Row& row, Cell& cell) {
  const Field field = scanner_.field(row.at, row.end, row.is_last);
  if (field.end == FieldEnd::kMore) {
    return Step::kMore;
  }
  const ColumnType type = schema_[row.column].type;
  if (field.end == FieldEnd::kUnbalanced || field.end == FieldEnd::kStray) {
    row.at = field.next;
    return leave_out(row, broken_quote(row, field));
  }
  if (type == ColumnType::kString) {
    parse_text(row.column, field, cell);
  } else if (is_encoded(type)) {
    Result<void> result = parse_encoded(type, field, cell);
    if (!result.ok() && null_for_invalid_ && type != ColumnType::kVarbinary) {
      ++row.invalid_values;
    } else if (!result.ok()) {
      return skip_rest(row, bad_field(row, field, result.error().str()));
    }
  } else if (!parse_value(type, field, cell)) {
    return skip_rest(row, bad_field(row, field, {}));
  }
  row.at = field.next;
  row.line_breaks += field.line_breaks;
  row.ended = field.end == FieldEnd::kRow;
  return Step::kRow;
}

/// What is neither a STRING nor encoded.
bool Reader::parse_value(ColumnType type, const Field& field, Cell& cell) {
  const bool good = parse_cell(type, field, room_, cell);
  if (table::storage(type) == table::Storage::kBytes && !cell.null && room_.holds(cell)) {
    cell.text = arena_.keep(cell.bytes()).data();
  }
  return good;
}

/// A null if it is an error.
Result<void> Reader::parse_encoded(ColumnType type, const Field& field, Cell& cell) {
  cell = Cell::of_null();
  const bool is_bytes = type == ColumnType::kVarbinary;
  const std::string_view text = field.quoted ? unquote(field.text, quote_, unquoted_) : field.text;
  if ((!is_bytes || !field.quoted) && is_blank(text)) {
    return {};
  }
  converted_.clear();
  if (is_bytes) {
    const auto size = text_form::decode_base64(text, converted_.reserve(text.size() + 2));
    if (!size) {
      return Error(ErrorCode::kInput, "");
    }
    converted_.commit(*size);
  } else {
    ALINKTF_TRY(nested_.parse(type, text, converted_));
  }
  cell = Cell::of_bytes(arena_.keep(converted_.view()));
  return {};
}

/// A STRING. Doubled quotes are reduced in place, which must wait until it is known that the row is
/// good.
void Reader::parse_text(std::size_t column, const Field& field, Cell& cell) {
  if (!field.quoted) {
    cell = field.text.empty() ? Cell::of_null() : Cell::of_bytes(field.text);
  } else if (has_doubled(field.text, quote_)) {
    cell = Cell::of_bytes(field.text);
    doubled_.push_back(column);
  } else {
    cell = Cell::of_bytes(unquote(field.text, quote_));
  }
}

Reader::Step Reader::reduce_doubled(Step step, Cell* cells) {
  if (step == Step::kRow) {
    for (const std::size_t column : doubled_) {
      cells[column] = Cell::of_bytes(unquote(cells[column].bytes(), quote_));
    }
  }
  return step;
}

/// Go to the end of the row, past the fields that no column reads; the row is bad if there is a
/// `problem`.
Reader::Step Reader::skip_rest(Row& row, std::optional<Error> problem) {
  while (!row.ended) {
    const Field field = scanner_.field(row.at, row.end, row.is_last);
    if (field.end == FieldEnd::kMore) {
      return Step::kMore;
    }
    const bool is_broken = field.end == FieldEnd::kUnbalanced || field.end == FieldEnd::kStray;
    if (is_broken && !problem) {
      problem = broken_quote(row, field);
    }
    row.at = field.next;
    row.line_breaks += field.line_breaks;
    row.ended = is_broken || field.end == FieldEnd::kRow;
  }
  return problem ? leave_out(row, *std::move(problem)) : finish_row(row);
}

/// Leave out the first line of the row, which ends at row.at and is bad.
Reader::Step Reader::leave_out(const Row& row, Error problem) {
  const char* const begin = window_.begin();
  const char* const end = scanner_.line_end(begin, row.at);
  Row line{.at = end == nullptr ? row.at : end};
  problem_ = std::move(problem);
  bad_line_ = line_;
  bad_text_ = scanner_.without_delimiter({begin, static_cast<std::size_t>(line.at - begin)});
  if (lines_end_ == nullptr && line.at != row.at) {
    lines_end_ = row.at;
  }
  finish_row(line);
  return Step::kBad;
}

Reader::Step Reader::finish_row(const Row& row) {
  window_.advance_to(row.at);
  lines_end_ = row.at == lines_end_ ? nullptr : lines_end_;
  line_ += 1 + row.line_breaks;
  invalid_values_ += row.invalid_values;
  progress_ = {};
  return Step::kRow;
}

}  // namespace alinktf::csv
