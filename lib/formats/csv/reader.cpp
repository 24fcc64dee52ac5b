#include "formats/csv/reader.hpp"

#include "formats/csv/preamble.hpp"
#include "formats/text_form/plain_number.hpp"

#include <algorithm>
#include <limits>
#include <vector>

namespace alinktf::csv {

namespace {

using table::ColumnType;

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
      return {.kind = PlainParser::Kind::kDouble};
    case ColumnType::kDecimal:
      return {.kind = PlainParser::Kind::kDecimal};
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

}  // namespace

Reader::Reader(std::string name, Window window, table::Schema schema, const Options& options)
    : name_(std::move(name)),
      schema_(std::move(schema)),
      scanner_(options),
      quote_(options.quote_char.value_or('\0')),
      field_end_(options.field_delimiter[0]),
      row_end_(options.row_delimiter[0]),
      has_plain_fields_(options.field_delimiter.size() == 1 && options.row_delimiter.size() == 1 &&
                        ends_number(field_end_) && ends_number(row_end_) && ends_number(quote_)),
      skip_blank_line_(options.skip_blank_line),
      null_for_invalid_(options.null_for_invalid),
      bad_rows_(options.bad_rows),
      window_(std::move(window)) {
  std::transform(schema_.begin(),
                 schema_.end(),
                 std::back_inserter(parsers_),
                 [](const table::Column& column) { return parser_of(column.type); });
}

Result<std::unique_ptr<Reader>> Reader::open(std::unique_ptr<ByteSource> source,
                                             table::Schema schema,
                                             const Options& options) {
  ALINKTF_TRY(check_options(options));
  // The constructor is private, so std::make_unique cannot call it.
  std::string name = source->name();
  std::unique_ptr<Reader> reader(new Reader(std::move(name),
                                            Window(std::move(source), options.row_delimiter),
                                            std::move(schema),
                                            options));
  ALINKTF_ASSIGN_OR_RETURN(
      reader->line_,
      skip_preamble(reader->window_, reader->scanner_, reader->name_, reader->schema_, options));
  return reader;
}

Result<std::unique_ptr<Reader>> Reader::over_blocks(std::string name,
                                                    table::Schema schema,
                                                    const Options& options) {
  ALINKTF_TRY(check_options(options));
  return std::unique_ptr<Reader>(
      new Reader(std::move(name), Window(options.row_delimiter), std::move(schema), options));
}

Buffer Reader::next_block(Buffer bytes, std::uint64_t first_line) {
  line_ = first_line;
  failed_.reset();
  lines_end_ = nullptr;
  progress_ = {};
  return window_.exchange(std::move(bytes));
}

Error Reader::bad_row(std::string_view what) const {
  return bad_line(name_, line_, what);
}

Result<void> Reader::read(table::RowBlock& block) {
  arena_.clear();
  Result<void> result = failed_.read(block, [&] { return fill(block); });
  rows_read_ += block.rows();
  return result;
}

Result<void> Reader::fill(table::RowBlock& block) {
  while (!block.full()) {
    const Step step = window_.size() == 0 ? Step::kMore : parse_row(block.next_row());
    if (step == Step::kRow) {
      block.add_row();
    }
    if (step == Step::kBad) {
      if (Result<void> given = give_bad_row(); !given.ok()) {
        return given;
      }
    }
    if (step != Step::kMore) {
      continue;
    }
    // Moving the window would pull the texts from under the rows that are in the block.
    if (block.rows() != 0) {
      return {};
    }
    ALINKTF_ASSIGN_OR_RETURN(const bool there,
                             have_row(window_, scanner_, progress_, name_, line_));
    if (!there) {
      return {};
    }
  }
  return {};
}

Result<void> Reader::give_bad_row() {
  if (bad_rows_ == nullptr) {
    return *std::move(problem_);
  }
  ++skipped_;
  return bad_rows_->take(
      {.source = name_, .number = bad_line_, .reason = problem_->str(), .text = bad_text_});
}

bool Reader::would_wait() const {
  return !failed_ && !window_.ready() &&
         !scanner_.has_row_end(window_.begin(), window_.end(), progress_);
}

}  // namespace alinktf::csv
