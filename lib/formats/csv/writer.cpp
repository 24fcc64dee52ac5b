#include "formats/csv/writer.hpp"

#include "base/assert.hpp"
#include "formats/text_form/base64.hpp"
#include "formats/text_form/java_number.hpp"
#include "formats/text_form/nested_text.hpp"

#include <array>
#include <charconv>
#include <cstring>
#include <string>

namespace alinktf::csv {

namespace {

using table::Cell;
using table::ColumnType;

void append_integer(std::int64_t value, Buffer& out) {
  constexpr std::size_t kLongest = 20;
  char* const to = out.reserve(kLongest);
  out.commit(static_cast<std::size_t>(std::to_chars(to, to + kLongest, value).ptr - to));
}

}  // namespace

void Writer::append_header(Buffer& out) const {
  if (!options_.header) {
    return;
  }
  for (std::size_t i = 0; i < schema_.size(); ++i) {
    out.append(i == 0 ? std::string_view() : options_.field_delimiter);
    append_text(schema_[i].name, false, out);
  }
  out.append(options_.row_delimiter);
}

void Writer::append_row(std::span<const Cell> row, Buffer& out) const {
  ALINKTF_ASSERT(row.size() == schema_.size());
  for (std::size_t i = 0; i < row.size(); ++i) {
    if (i != 0) {
      out.append(options_.field_delimiter);
    }
    if (!row[i].null) {
      append_cell(i, row[i], out);
    }
  }
  out.append(options_.row_delimiter);
}

void Writer::append_cell(std::size_t column, const Cell& cell, Buffer& out) const {
  const ColumnType type = schema_[column].type;
  switch (type) {
    case ColumnType::kBoolean:
      out.append(cell.integer != 0 ? "true" : "false");
      break;
    case ColumnType::kByte:
    case ColumnType::kShort:
    case ColumnType::kInt:
    case ColumnType::kLong:
      append_integer(cell.integer, out);
      break;
    case ColumnType::kFloat:
      text_form::append_java_float(static_cast<float>(cell.real), out);
      break;
    case ColumnType::kDouble:
      text_form::append_java_double(cell.real, out);
      break;
    case ColumnType::kString:
      append_text(cell.bytes(), column + 1 == schema_.size(), out);
      break;
    case ColumnType::kDecimal:
    case ColumnType::kDate:
    case ColumnType::kTime:
    case ColumnType::kTimestamp:
      out.append(cell.bytes());
      break;
    default: {
      const std::size_t from = out.size();
      if (type == ColumnType::kVarbinary) {
        text_form::append_base64(cell.bytes(), out);
      } else {
        text_form::append_nested(cell.bytes(), out);
      }
      quote_tail(from, out);
      break;
    }
  }
}

/// Quote what has been appended since the size was `from`, if it needs that.
void Writer::quote_tail(std::size_t from, Buffer& out) const {
  const std::string_view text = out.view().substr(from);
  if (!options_.quote_char || !needs_quotes(text, false)) {
    return;
  }
  const char quote = *options_.quote_char;
  if (text.find(quote) != std::string_view::npos) {
    const std::string copy(text);
    out.truncate(from);
    append_quoted(copy, out);
    return;
  }
  const std::size_t size = text.size();
  out.push_back(quote);
  out.push_back(quote);
  std::memmove(out.data() + from + 1, out.data() + from, size);
  out.data()[from] = quote;
}

bool Writer::needs_quotes(std::string_view text, bool ends_row) const {
  return text.empty() || text.find(*options_.quote_char) != std::string_view::npos ||
         text.find(options_.field_delimiter) != std::string_view::npos ||
         text.find(options_.row_delimiter) != std::string_view::npos ||
         (ends_row && text.back() == '\r' && options_.row_delimiter == "\n");
}

void Writer::append_text(std::string_view text, bool ends_row, Buffer& out) const {
  if (options_.quote_char && needs_quotes(text, ends_row)) {
    append_quoted(text, out);
  } else {
    out.append(text);
  }
}

void Writer::append_quoted(std::string_view text, Buffer& out) const {
  const char quote = *options_.quote_char;
  out.push_back(quote);
  while (!text.empty()) {
    const std::size_t found = text.find(quote);
    const std::size_t end = found == std::string_view::npos ? text.size() : found + 1;
    out.append(text.substr(0, end));
    if (found != std::string_view::npos) {
      out.push_back(quote);
    }
    text.remove_prefix(end);
  }
  out.push_back(quote);
}

}  // namespace alinktf::csv
