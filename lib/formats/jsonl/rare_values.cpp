// The part of RowParser that parses values of the types that tables have little of.
#include "base/text.hpp"
#include "formats/jsonl/row_parser.hpp"
#include "formats/text_form/base64.hpp"
#include "formats/text_form/decimal.hpp"
#include "formats/text_form/temporal.hpp"

#include <fmt/format.h>

namespace alinktf::jsonl {

namespace {

using table::Cell;
using table::ColumnType;

std::string_view example(ColumnType type) {
  switch (type) {
    case ColumnType::kDate:
      return "a date such as \"2021-01-31\"";
    case ColumnType::kTime:
      return "a time such as \"12:30:00\"";
    default:
      return "a timestamp such as \"2021-01-31 12:30:00\"";
  }
}

std::optional<std::string_view> parse_canonical(ColumnType type,
                                                std::string_view text,
                                                text_form::TemporalText& room) {
  switch (type) {
    case ColumnType::kDate:
      return text_form::parse_date(text, room);
    case ColumnType::kTime:
      return text_form::parse_time(text, room);
    default:
      return text_form::parse_timestamp(text, room);
  }
}

}  // namespace

char* RowParser::parse_rare(char* at, ColumnType type, Cell& cell) {
  switch (type) {
    case ColumnType::kBoolean:
      return parse_boolean(at, cell);
    case ColumnType::kByte:
      return parse_integer<std::int8_t>(at, cell);
    case ColumnType::kShort:
      return parse_integer<std::int16_t>(at, cell);
    case ColumnType::kDecimal:
      return parse_decimal(at, cell);
    case ColumnType::kDate:
    case ColumnType::kTime:
    case ColumnType::kTimestamp:
      return parse_temporal(at, type, cell);
    case ColumnType::kVarbinary:
      return parse_binary(at, cell);
    default:
      return null_for_invalid_ ? parse_or_null(at, type, cell) : nested_.parse(at, type, cell);
  }
}

char* RowParser::parse_boolean(char* at, Cell& cell) {
  std::int64_t value = 0;
  char* const end = Scanner::boolean(at, value);
  cell = Cell::of_integer(value);
  return end == nullptr ? fail_cell(at, "true, false, 1 or 0") : end;
}

/// A number, or a text of the syntax of java.math.BigDecimal.
char* RowParser::parse_decimal(char* at, Cell& cell) {
  char* end = number_end(at);
  std::string_view text;
  if (end != nullptr) {
    text = {at, static_cast<std::size_t>(end - at)};
  } else if (*at != '"') {
    return fail_cell(at, kNumber);
  } else if (end = scanner_.text(at, text); end == nullptr) {
    return nullptr;
  }
  const auto canonical = text_form::parse_decimal(text, bytes_);
  if (!canonical) {
    return scanner_.fail(fmt::format("found {}, expected {}", quote(text), kNumber));
  }
  cell = Cell::of_bytes(canonical->data() == text.data() ? text : arena_.keep(*canonical));
  return end;
}

char* RowParser::parse_temporal(char* at, ColumnType type, Cell& cell) {
  if (*at != '"') {
    return scanner_.fail_value(at, example(type));
  }
  std::string_view text;
  char* const end = scanner_.text(at, text);
  if (end == nullptr) {
    return nullptr;
  }
  text_form::TemporalText room{};
  const auto canonical = parse_canonical(type, text, room);
  if (!canonical) {
    return scanner_.fail(fmt::format("found {}, expected {}", quote(text), example(type)));
  }
  cell = Cell::of_bytes(canonical->data() == room.data() ? arena_.keep(*canonical) : *canonical);
  return end;
}

char* RowParser::parse_binary(char* at, Cell& cell) {
  constexpr std::string_view kExpected = "bytes in base64 between quotes";
  if (*at != '"') {
    return scanner_.fail_value(at, kExpected);
  }
  std::string_view text;
  char* const end = scanner_.text(at, text);
  if (end == nullptr) {
    return nullptr;
  }
  bytes_.clear();
  const auto size = text_form::decode_base64(text, bytes_.reserve(text.size() + 2));
  if (!size) {
    return scanner_.fail(fmt::format("found {}, expected {}", quote(text), kExpected));
  }
  bytes_.commit(*size);
  cell = Cell::of_bytes(arena_.keep(bytes_.view()));
  return end;
}

/// A vector or a tensor; null if it is JSON, but not what the column takes.
char* RowParser::parse_or_null(char* at, ColumnType type, Cell& cell) {
  char* const end = scanner_.skip(at, 1);
  if (end != nullptr && nested_.parse(at, type, cell) == nullptr) {
    scanner_.forgive();
    cell = Cell::of_null();
    ++invalid_in_row_;
  }
  return end;
}

}  // namespace alinktf::jsonl
