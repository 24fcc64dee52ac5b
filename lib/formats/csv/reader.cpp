#include "formats/csv/reader.hpp"

#include "base/text.hpp"
#include "formats/csv/cell.hpp"
#include "formats/text_form/plain_number.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <vector>

namespace alinktf::csv {

namespace {

using table::ColumnType;

constexpr std::size_t kMaxRowBytes = std::size_t{1} << 30U;
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

/// True if `c` cannot be part of a number, so that a number ends before it.
bool ends_number(char c) {
  return !text_form::plain::is_digit(c) && c != '+' && c != '-' && c != '.' && c != 'e' && c != 'E';
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

}  // namespace alinktf::csv
