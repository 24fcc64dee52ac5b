#include "formats/csv/reader.hpp"

#include "base/text.hpp"
#include "formats/csv/cell.hpp"
#include "formats/csv/plain_number.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <vector>

namespace alinktf::csv {

namespace {

using table::Cell;
using table::ColumnType;

constexpr std::size_t kMaxRowBytes = std::size_t{1} << 30U;
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

/// True if `c` cannot be part of a number, so that a number ends before it.
bool ends_number(char c) {
  return !plain::is_digit(c) && c != '+' && c != '-' && c != '.' && c != 'e' && c != 'E';
}

template <typename T>
PlainParser integer_parser() {
  return {.kind = PlainParser::Kind::kInteger,
          .least = std::numeric_limits<T>::min(),
          .most = std::numeric_limits<T>::max()};
}

/// Which way a field of `type` takes through parse_plain().
PlainParser parser_of(ColumnType type) {
  switch (type) {
    case ColumnType::kDouble:
    case ColumnType::kDecimal:
      return {.kind = PlainParser::Kind::kDouble};
    case ColumnType::kFloat:
      return {.kind = PlainParser::Kind::kFloat};
    case ColumnType::kByte:
      return integer_parser<std::int8_t>();
    case ColumnType::kShort:
      return integer_parser<std::int16_t>();
    case ColumnType::kInt:
      return integer_parser<std::int32_t>();
    case ColumnType::kLong:
      return integer_parser<std::int64_t>();
    case ColumnType::kString:
      return {.kind = PlainParser::Kind::kText};
    default:
      return {.kind = PlainParser::Kind::kNone};
  }
}

Result<void> check_options(const table::Schema& schema, const Options& options) {
  for (const std::string& delimiter : {options.field_delimiter, options.row_delimiter}) {
    if (delimiter.empty() || delimiter.find('\0') != std::string::npos) {
      return Error(ErrorCode::kSpec,
                   "a csv delimiter must have one character or more, none of them NUL");
    }
  }
  if (options.field_delimiter == options.row_delimiter) {
    return Error(ErrorCode::kSpec,
                 "fieldDelimiter and rowDelimiter are the same, expected two different ones");
  }
  for (const table::Column& column : schema) {
    if (!is_readable(column.type)) {
      return Error(ErrorCode::kSpec,
                   fmt::format("column {}: type {} cannot be read from csv",
                               quote(column.name),
                               table::type_name(column.type)));
    }
  }
  return {};
}

}  // namespace

Reader::Reader(std::unique_ptr<ByteSource> source, table::Schema schema, const Options& options)
    : schema_(std::move(schema)),
      scanner_(options),
      quote_(options.quote_char.value_or('\0')),
      field_end_(options.field_delimiter[0]),
      row_end_(options.row_delimiter[0]),
      has_plain_fields_(options.field_delimiter.size() == 1 && options.row_delimiter.size() == 1 &&
                        ends_number(field_end_) && ends_number(row_end_) && ends_number(quote_)),
      skip_blank_line_(options.skip_blank_line),
      lenient_(options.lenient),
      window_(std::move(source), options.row_delimiter) {
  std::transform(schema_.begin(),
                 schema_.end(),
                 std::back_inserter(parsers_),
                 [](const table::Column& column) { return parser_of(column.type); });
}

Result<std::unique_ptr<Reader>> Reader::open(std::unique_ptr<ByteSource> source,
                                             table::Schema schema,
                                             const Options& options) {
  ALINKTF_TRY(check_options(schema, options));
  // The constructor is private, so std::make_unique cannot call it.
  std::unique_ptr<Reader> reader(new Reader(std::move(source), std::move(schema), options));
  ALINKTF_TRY(reader->skip_preamble(options));
  return reader;
}

Result<void> Reader::skip_preamble(const Options& options) {
  while (!window_.is_last() && window_.size() < kByteOrderMark.size()) {
    ALINKTF_TRY(window_.refill());
  }
  if (std::string_view(window_.begin(), window_.size()).starts_with(kByteOrderMark)) {
    window_.advance_to(window_.begin() + kByteOrderMark.size());
  }
  if (options.header) {
    return check_header();
  }
  if (options.ignore_first_line) {
    ALINKTF_ASSIGN_OR_RETURN(const bool there, have_row());
    if (there) {
      Row row{.at = window_.begin()};
      if (skip_rest(row, std::nullopt) == Step::kBad) {
        return *std::move(problem_);
      }
    }
  }
  return {};
}

/// Have a whole row in the window, or all that is left: false if that is nothing.
Result<bool> Reader::have_row() {
  while (!window_.is_last() && !scanner_.has_row_end(window_.begin(), window_.end(), progress_)) {
    if (window_.size() > kMaxRowBytes) {
      return bad_row(
          fmt::format("the row is longer than {} bytes; is a quote not closed?", kMaxRowBytes));
    }
    ALINKTF_TRY(window_.refill());
  }
  return window_.size() != 0;
}

Result<void> Reader::check_header() {
  ALINKTF_ASSIGN_OR_RETURN(const bool there, have_row());
  std::vector<std::string> found;
  Row row{.at = window_.begin()};
  while (there && !row.ended) {
    const Field field = scanner_.field(row.at, window_.end(), window_.is_last());
    if (field.end == FieldEnd::kUnbalanced) {
      return bad_row("the quote of a column name in the header is not closed");
    }
    found.emplace_back(trim(field.quoted ? unquote(field.text, quote_) : field.text));
    row.at = field.next;
    row.line_breaks += field.line_breaks;
    row.ended = field.end == FieldEnd::kRow;
  }
  const bool same = std::equal(found.begin(),
                               found.end(),
                               schema_.begin(),
                               schema_.end(),
                               [](const std::string& name, const table::Column& column) {
                                 return equal_ignoring_case(name, column.name);
                               });
  if (!same) {
    std::vector<std::string_view> expected;
    std::transform(schema_.begin(),
                   schema_.end(),
                   std::back_inserter(expected),
                   [](const table::Column& column) { return std::string_view(column.name); });
    return bad_row(fmt::format("found the header {}, expected {} as in schemaStr",
                               quote(fmt::format("{}", fmt::join(found, ","))),
                               quote(fmt::format("{}", fmt::join(expected, ",")))));
  }
  row.column = schema_.size();
  finish_row(row);
  return {};
}

Error Reader::bad_row(std::string_view what) const {
  return {ErrorCode::kInput, fmt::format("{}: line {}: {}", window_.name(), line_, what)};
}

Error Reader::bad_field(const Row& row, const Field& field) const {
  const table::Column& column = schema_[row.column];
  return {ErrorCode::kInput,
          fmt::format("{}: line {}, column {} ({}): found {}, expected {}",
                      window_.name(),
                      line_ + row.line_breaks,
                      quote(column.name),
                      table::type_name(column.type),
                      quote(field.text),
                      expectation(column.type))};
}

Result<void> Reader::read(table::RowBlock& block) {
  block.clear();
  rooms_.clear();
  if (!failed_) {
    Result<void> result = fill(block);
    rows_read_ += block.rows();
    if (result.ok()) {
      return {};
    }
    failed_ = std::move(result).error();
    if (block.rows() != 0) {
      return {};
    }
  }
  return *failed_;
}

Result<void> Reader::fill(table::RowBlock& block) {
  while (!block.full()) {
    const Step step = window_.size() == 0 ? Step::kMore : parse_row(block.next_row());
    if (step == Step::kRow) {
      block.add_row();
    } else if (step == Step::kBad) {
      if (!lenient_) {
        return *std::move(problem_);
      }
      ++skipped_;
    } else if (step == Step::kMore) {
      // Moving the window would pull the texts from under the rows that are in the block.
      if (block.rows() != 0) {
        return {};
      }
      ALINKTF_ASSIGN_OR_RETURN(const bool there, have_row());
      if (!there) {
        return {};
      }
    }
  }
  return {};
}

bool Reader::would_wait() const {
  return !failed_ && !window_.ready() &&
         !scanner_.has_row_end(window_.begin(), window_.end(), progress_);
}

Reader::Step Reader::parse_row(Cell* cells) {
  Row row{.at = window_.begin()};
  if (*row.at == row_end_ || *row.at == '\r') {
    const Step step = parse_blank_row(cells);
    if (step != Step::kMore) {
      return step;
    }
  }
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
  return row.ended ? finish_row(row) : skip_rest(row, std::nullopt);
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
      const char* const end = scan_real(at, value);
      cell = Cell::of_real(value);
      return end;
    }
    case PlainParser::Kind::kFloat: {
      float value = 0;
      const char* const end = scan_real(at, value);
      cell = Cell::of_real(static_cast<double>(value));
      return end;
    }
    case PlainParser::Kind::kInteger: {
      std::int64_t value = 0;
      const char* const end = scan_integer(at, value);
      cell = Cell::of_integer(value);
      return value >= parser.least && value <= parser.most ? end : nullptr;
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
  const Field field = scanner_.field(row.at, window_.end(), window_.is_last());
  if (field.end == FieldEnd::kMore) {
    return Step::kMore;
  }
  const ColumnType type = schema_[row.column].type;
  if (field.end == FieldEnd::kUnbalanced) {
    return skip_rest(row,
                     Error(ErrorCode::kInput,
                           fmt::format("{}: line {}, column {} ({}): the quote that begins here is "
                                       "not closed",
                                       window_.name(),
                                       line_ + row.line_breaks,
                                       quote(schema_[row.column].name),
                                       table::type_name(type))));
  }
  if (type == ColumnType::kString) {
    if (!parse_text(field, cell)) {
      return Step::kMore;
    }
  } else {
    TemporalText room{};
    if (!parse_cell(type, field, room, cell)) {
      return skip_rest(row, bad_field(row, field));
    }
    if (table::storage(type) == table::Storage::kBytes && !cell.null && cell.text == room.data()) {
      cell.text = rooms_.emplace_back(room).data();
    }
  }
  row.at = field.next;
  row.line_breaks += field.line_breaks;
  row.ended = field.end == FieldEnd::kRow;
  return Step::kRow;
}

/// A STRING. False if the row does not end in the window: doubled quotes are reduced in place,
/// which must not happen to a row that will be parsed again.
bool Reader::parse_text(const Field& field, Cell& cell) {
  if (!field.quoted) {
    cell = field.text.empty() ? Cell::of_null() : Cell::of_bytes(field.text);
    return true;
  }
  if (has_doubled(field.text, quote_) && !window_.is_last() &&
      !scanner_.has_row_end(window_.begin(), window_.end(), progress_)) {
    return false;
  }
  cell = Cell::of_bytes(unquote(field.text, quote_));
  return true;
}

/// Go to the end of the row, past the fields that no column reads; the row is bad if there is a
/// `problem`.
Reader::Step Reader::skip_rest(Row& row, std::optional<Error> problem) {
  while (!row.ended) {
    const Field field = scanner_.field(row.at, window_.end(), window_.is_last());
    if (field.end == FieldEnd::kMore) {
      return Step::kMore;
    }
    if (field.end == FieldEnd::kUnbalanced) {
      if (!problem) {
        problem = bad_row("a quote is not closed");
      }
      row.at = window_.end();
      break;
    }
    row.at = field.next;
    row.line_breaks += field.line_breaks;
    row.ended = field.end == FieldEnd::kRow;
  }
  problem_ = std::move(problem);
  const Step step = problem_ ? Step::kBad : Step::kRow;
  finish_row(row);
  return step;
}

Reader::Step Reader::finish_row(Row& row) {
  window_.advance_to(row.at);
  line_ += 1 + row.line_breaks;
  progress_ = {};
  return Step::kRow;
}

}  // namespace alinktf::csv
