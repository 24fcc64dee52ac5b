#include "formats/csv/cell.hpp"

#include "base/text.hpp"
#include "formats/text_form/decimal.hpp"
#include "formats/text_form/nested_text.hpp"
#include "formats/text_form/number.hpp"

#include <array>
#include <limits>

namespace alinktf::csv {

namespace {

using table::Cell;
using table::ColumnType;

/// Length of the blank at the front of `text`, or 0. Blanks are those of java.lang.Character:
/// isWhitespace(), which leaves out the no-break spaces.
std::size_t blank_length(std::string_view text) {
  const auto at = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  if ((at(0) >= 0x09 && at(0) <= 0x0D) || (at(0) >= 0x1C && at(0) <= 0x20)) {
    return 1;
  }
  if (text.size() < 3) {
    return 0;
  }
  const unsigned code = static_cast<unsigned>(at(0)) << 16U | static_cast<unsigned>(at(1)) << 8U |
                        static_cast<unsigned>(at(2));
  const bool blank = code == 0xE19A80U                                                 // U+1680
                     || (code >= 0xE28080U && code <= 0xE2808AU && code != 0xE28087U)  // U+2000…
                     || code == 0xE280A8U || code == 0xE280A9U   // line, paragraph separator
                     || code == 0xE2819FU || code == 0xE38080U;  // U+205F, U+3000
  return blank ? 3 : 0;
}

template <typename T>
bool assign_integer(std::string_view text, Cell& cell) {
  const auto value =
      text_form::parse_integer(text, std::numeric_limits<T>::min(), std::numeric_limits<T>::max());
  cell = value ? Cell::of_integer(*value) : Cell::of_null();
  return value.has_value();
}

template <typename T>
bool assign_real(const std::optional<T>& value, Cell& cell) {
  cell = value ? Cell::of_real(static_cast<double>(*value)) : Cell::of_null();
  return value.has_value();
}

bool assign_text(const std::optional<std::string_view>& value, Cell& cell) {
  cell = value ? Cell::of_bytes(*value) : Cell::of_null();
  return value.has_value();
}

bool assign_boolean(std::string_view text, Cell& cell) {
  const bool is_true = text == "1" || equal_ignoring_case(text, "true");
  cell = Cell::of_integer(is_true ? 1 : 0);
  return is_true || text == "0" || equal_ignoring_case(text, "false");
}

bool parse_value(ColumnType type, std::string_view text, CellRoom& room, Cell& cell) {
  switch (type) {
    case ColumnType::kBoolean:
      return assign_boolean(text, cell);
    case ColumnType::kByte:
      return assign_integer<std::int8_t>(text, cell);
    case ColumnType::kShort:
      return assign_integer<std::int16_t>(text, cell);
    case ColumnType::kInt:
      return assign_integer<std::int32_t>(text, cell);
    case ColumnType::kLong:
      return assign_integer<std::int64_t>(text, cell);
    case ColumnType::kFloat:
      return assign_real(text_form::parse_float(text), cell);
    case ColumnType::kDouble:
      return assign_real(text_form::parse_double(text), cell);
    case ColumnType::kDecimal:
      return assign_text(text_form::parse_decimal(text, room.decimal), cell);
    case ColumnType::kDate:
      return assign_text(text_form::parse_date(text, room.temporal), cell);
    case ColumnType::kTime:
      return assign_text(text_form::parse_time(text, room.temporal), cell);
    case ColumnType::kTimestamp:
      return assign_text(text_form::parse_timestamp(text, room.temporal), cell);
    default:
      return false;
  }
}

}  // namespace

std::string_view expectation(ColumnType type) {
  switch (type) {
    case ColumnType::kBoolean:
      return "true, false, 1 or 0";
    case ColumnType::kByte:
      return "a whole number from -128 to 127";
    case ColumnType::kShort:
      return "a whole number from -32768 to 32767";
    case ColumnType::kInt:
      return "a whole number from -2147483648 to 2147483647";
    case ColumnType::kLong:
      return "a whole number of at most 64 bits";
    case ColumnType::kFloat:
    case ColumnType::kDouble:
    case ColumnType::kDecimal:
      return "a number such as 1.5 or -2e-3";
    case ColumnType::kDate:
      return "a date such as 2021-01-31";
    case ColumnType::kTime:
      return "a time such as 12:30:00";
    case ColumnType::kTimestamp:
      return "a timestamp such as 2021-01-31 12:30:00";
    case ColumnType::kVarbinary:
      return "bytes in base64, such as aGVsbG8=";
    default:
      return table::storage(type) == table::Storage::kNested ? text_form::nested_expectation(type)
                                                             : "a text";
  }
}

bool is_encoded(ColumnType type) {
  return type == ColumnType::kVarbinary || table::storage(type) == table::Storage::kNested;
}

bool is_blank(std::string_view text) {
  while (!text.empty()) {
    const std::size_t length = blank_length(text);
    if (length == 0) {
      return false;
    }
    text.remove_prefix(length);
  }
  return true;
}

bool parse_cell(ColumnType type, const Field& field, CellRoom& room, Cell& cell) {
  std::string_view text = field.text;
  if (field.quoted) {
    if (text.size() < 2 || text.back() != text.front()) {
      return false;
    }
    text = text.substr(1, text.size() - 2);
  }
  if (field.quoted ? text.empty() : is_blank(text)) {
    cell = Cell::of_null();
    return true;
  }
  return parse_value(type, text, room, cell);
}

bool has_doubled(std::string_view text, char quote) {
  const std::array<char, 2> doubled = {quote, quote};
  return text.find(doubled.data(), 1, doubled.size()) != std::string_view::npos;
}

std::string_view unquote(std::string_view text, char quote) {
  text.remove_prefix(1);
  if (text.ends_with(quote)) {
    text.remove_suffix(1);
  }
  std::size_t from = text.find(quote);
  if (from == std::string_view::npos) {
    return text;
  }
  // The caller's buffer is not constant: Window::begin().
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-const-cast)
  char* const data = const_cast<char*>(text.data());
  std::size_t to = from;
  while (from < text.size()) {
    const bool is_doubled =
        data[from] == quote && from + 1 < text.size() && data[from + 1] == quote;
    data[to++] = data[from];
    from += is_doubled ? 2 : 1;
  }
  return text.substr(0, to);
}

std::string_view unquote(std::string_view text, char quote, Buffer& room) {
  if (!has_doubled(text, quote)) {
    return unquote(text, quote);
  }
  room.clear();
  room.append(text);
  return unquote(room.view(), quote);
}

}  // namespace alinktf::csv
