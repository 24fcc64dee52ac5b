#include "formats/text_form/decimal.hpp"

#include "formats/text_form/java_number.hpp"
#include "formats/text_form/number.hpp"
#include "formats/text_form/plain_number.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <limits>

namespace alinktf::text_form {

namespace {

/// Parts of [+-]whole[.fraction][e[+-]exponent].
struct Decimal {
  bool negative = false;
  std::string_view whole;
  std::string_view fraction;
  std::int32_t exponent = 0;
};

/// Take the digits off the front of `text`.
std::string_view take_digits(std::string_view& text) {
  const auto* const end = std::find_if_not(text.begin(), text.end(), plain::is_digit);
  const std::string_view digits = text.substr(0, static_cast<std::size_t>(end - text.begin()));
  text.remove_prefix(digits.size());
  return digits;
}

bool take(std::string_view& text, char c) {
  const bool there = text.starts_with(c);
  text.remove_prefix(there ? 1 : 0);
  return there;
}

std::optional<std::int32_t> parse_exponent(std::string_view text) {
  std::int32_t exponent = 0;
  if (take(text, '+') && text.starts_with('-')) {
    return std::nullopt;
  }
  const char* const end = text.data() + text.size();
  const auto result = std::from_chars(text.data(), end, exponent);
  return result.ec == std::errc() && result.ptr == end ? std::optional(exponent) : std::nullopt;
}

std::optional<Decimal> split(std::string_view text) {
  Decimal parts;
  parts.negative = take(text, '-');
  if (!parts.negative) {
    take(text, '+');
  }
  parts.whole = take_digits(text);
  if (take(text, '.')) {
    parts.fraction = take_digits(text);
  }
  if (parts.whole.empty() && parts.fraction.empty()) {
    return std::nullopt;
  }
  if (take(text, 'e') || take(text, 'E')) {
    const auto exponent = parse_exponent(text);
    if (!exponent) {
      return std::nullopt;
    }
    parts.exponent = *exponent;
    return parts;
  }
  return text.empty() ? std::optional(parts) : std::nullopt;
}

void append_exponent(std::int64_t exponent, Buffer& out) {
  constexpr std::size_t kLongest = 20;
  out.append(exponent < 0 ? "E" : "E+");
  char* const to = out.reserve(kLongest);
  out.commit(static_cast<std::size_t>(std::to_chars(to, to + kLongest, exponent).ptr - to));
}

/// Append the `digits` of a number, `scale` of them behind the point.
void append_digits(std::string_view digits, std::int64_t scale, Buffer& out) {
  // BigDecimal takes an exponent for numbers below 10^-6, and where the point is not in the digits.
  constexpr std::int64_t kLeastPlain = -6;
  const auto count = static_cast<std::int64_t>(digits.size());
  const std::int64_t magnitude = count - 1 - scale;
  if (scale < 0 || magnitude < kLeastPlain) {
    out.push_back(digits.front());
    if (count > 1) {
      out.push_back('.');
      out.append(digits.substr(1));
    }
    append_exponent(magnitude, out);
    return;
  }
  if (magnitude < 0) {
    constexpr std::string_view kZeros = "0.00000";
    out.append(kZeros.substr(0, static_cast<std::size_t>(1 - magnitude)));
    out.append(digits);
    return;
  }
  const std::string_view whole = digits.substr(0, static_cast<std::size_t>(count - scale));
  out.append(whole);
  if (scale > 0) {
    out.push_back('.');
    out.append(digits.substr(whole.size()));
  }
}

/// False if the scale does not fit. `room` takes all digits of `parts`.
bool append_canonical(const Decimal& parts, char* room, Buffer& out) {
  using Limits = std::numeric_limits<std::int32_t>;
  const std::int64_t scale = static_cast<std::int64_t>(parts.fraction.size()) - parts.exponent;
  if (scale < Limits::min() || scale > Limits::max()) {
    return false;
  }
  const std::size_t whole = parts.whole.copy(room, parts.whole.size());
  std::string_view digits(room, whole + parts.fraction.copy(room + whole, parts.fraction.size()));
  digits.remove_prefix(std::min(digits.find_first_not_of('0'), digits.size() - 1));
  if (parts.negative && digits != "0") {
    out.push_back('-');
  }
  append_digits(digits, scale, out);
  return true;
}

template <typename T, typename AppendJava>
bool append_shortest(T value, AppendJava append_java, Buffer& out) {
  if (!std::isfinite(value)) {
    return false;
  }
  const std::size_t before = out.size();
  append_java(value, out);
  std::array<char, 40> text{};
  std::array<char, 40> room{};
  const std::size_t size = out.view().substr(before).copy(text.data(), text.size());
  out.truncate(before);
  return append_canonical(*split({text.data(), size}), room.data(), out);
}

}  // namespace

std::optional<std::string_view> parse_decimal(std::string_view text, Buffer& room) {
  const std::optional<Decimal> parts = split(text);
  if (!parts) {
    return std::nullopt;
  }
  // The digits, and behind them the canonical text: as long, a sign, zeros, an exponent.
  constexpr std::size_t kLongestMore = 40;
  const std::size_t digits = parts->whole.size() + parts->fraction.size();
  room.clear();
  char* const digits_room = room.reserve(2 * digits + kLongestMore);
  room.commit(digits);
  if (!append_canonical(*parts, digits_room, room)) {
    return std::nullopt;
  }
  const std::string_view canonical = room.view().substr(digits);
  return canonical == text ? text : canonical;
}

bool append_decimal(double value, Buffer& out) {
  return append_shortest(value, append_java_double, out);
}

bool append_decimal(float value, Buffer& out) {
  return append_shortest(value, append_java_float, out);
}

double decimal_to_double(std::string_view text) {
  return parse_double(text).value_or(0);
}

float decimal_to_float(std::string_view text) {
  return parse_float(text).value_or(0);
}

}  // namespace alinktf::text_form
