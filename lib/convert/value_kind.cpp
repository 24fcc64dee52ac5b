#include "convert/value_kind.hpp"

#include "base/text.hpp"
#include "formats/text_form/number.hpp"
#include "formats/text_form/temporal.hpp"
#include "table/schema.hpp"

#include <limits>
#include <string>

namespace alinktf::convert {

namespace {

using Limits = std::numeric_limits<std::int64_t>;

/// The digits of an integer; empty if `text` is none.
std::string_view digits_of(std::string_view text) {
  if (text.starts_with('-')) {
    text.remove_prefix(1);
  }
  return text.find_first_not_of("0123456789") == std::string_view::npos ? text : "";
}

ValueKind number_kind(std::string_view text) {
  const std::string_view digits = digits_of(text);
  if (!digits.empty()) {
    const bool plain = digits.size() == 1 || digits.front() != '0';
    return plain && text != "-0" && text_form::parse_integer(text, Limits::min(), Limits::max())
               ? ValueKind::kLong
               : ValueKind::kText;
  }
  // Java's number syntax takes more (hexadecimal, a suffix), which is more likely a text.
  const bool usual = text == "NaN" || text == "Infinity" || text == "-Infinity" ||
                     text.find_first_not_of("0123456789+-.eE") == std::string_view::npos;
  return usual && text_form::parse_double(text) ? ValueKind::kDouble : ValueKind::kText;
}

}  // namespace

ValueKind kind_of(std::string_view text) {
  if (equal_ignoring_case(text, "true") || equal_ignoring_case(text, "false")) {
    return ValueKind::kBoolean;
  }
  text_form::TemporalText room;
  if (const auto time = text_form::parse_time(text, room)) {
    return ValueKind::kTime;
  }
  if (const auto date = text_form::parse_date(text, room)) {
    return ValueKind::kDate;
  }
  if (const auto stamp = text_form::parse_timestamp(text, room)) {
    return ValueKind::kTimestamp;
  }
  return number_kind(text);
}

ValueKind merged(ValueKind a, ValueKind b) {
  if (a == b || b == ValueKind::kNone) {
    return a;
  }
  if (a == ValueKind::kNone) {
    return b;
  }
  const auto is_number = [](ValueKind kind) {
    return kind == ValueKind::kLong || kind == ValueKind::kDouble;
  };
  return is_number(a) && is_number(b) ? ValueKind::kDouble : ValueKind::kText;
}

table::ColumnType type_of(ValueKind kind) {
  switch (kind) {
    case ValueKind::kBoolean:
      return table::ColumnType::kBoolean;
    case ValueKind::kLong:
      return table::ColumnType::kLong;
    case ValueKind::kDouble:
      return table::ColumnType::kDouble;
    case ValueKind::kDate:
      return table::ColumnType::kDate;
    case ValueKind::kTime:
      return table::ColumnType::kTime;
    case ValueKind::kTimestamp:
      return table::ColumnType::kTimestamp;
    case ValueKind::kNone:
    case ValueKind::kText:
      break;
  }
  return table::ColumnType::kString;
}

bool can_name(std::string_view name) {
  // With a neighbour on each side: a name with a parenthesis may swallow the comma behind it.
  constexpr std::string_view kBefore = "a";
  constexpr std::string_view kAfter = "b";
  if (equal_ignoring_case(name, kBefore) || equal_ignoring_case(name, kAfter)) {
    return true;
  }
  const table::Schema schema = {{std::string(kBefore), table::ColumnType::kString},
                                {std::string(name), table::ColumnType::kString},
                                {std::string(kAfter), table::ColumnType::kString}};
  const auto parsed = table::parse_schema(table::to_string(schema));
  return parsed.ok() && parsed.value() == schema;
}

}  // namespace alinktf::convert
