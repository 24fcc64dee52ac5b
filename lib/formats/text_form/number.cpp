#include "formats/text_form/number.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>

namespace alinktf::text_form {

namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

std::size_t count_digits(std::string_view text) {
  std::size_t count = 0;
  while (count < text.size() && is_digit(text[count])) {
    ++count;
  }
  return count;
}

/// Length of an exponent at the front of `text`: a letter out of `letters`, optional sign, digits.
/// 0 if there is none.
std::size_t exponent_length(std::string_view text, std::string_view letters) {
  if (text.empty() || letters.find(text.front()) == std::string_view::npos) {
    return 0;
  }
  const bool has_sign = text.size() > 1 && (text[1] == '+' || text[1] == '-');
  const std::size_t before = has_sign ? 2 : 1;
  const std::size_t digits = count_digits(text.substr(before));
  return digits == 0 ? 0 : before + digits;
}

/// True if `text` is digits with an optional point and an optional exponent.
bool is_decimal(std::string_view text) {
  const std::size_t whole = count_digits(text);
  text.remove_prefix(whole);
  std::size_t fraction = 0;
  if (!text.empty() && text.front() == '.') {
    fraction = count_digits(text.substr(1));
    text.remove_prefix(1 + fraction);
  }
  return whole + fraction != 0 && text.size() == exponent_length(text, "eE");
}

/// True if the number in is_decimal() text is 1 or more, or zero: what is out of range is then too
/// large and not too small.
bool is_large(std::string_view text) {
  const std::size_t exponent_at = std::min(text.find_first_of("eE"), text.size());
  const std::string_view mantissa = text.substr(0, exponent_at);
  std::int64_t exponent = 0;
  if (exponent_at != text.size()) {
    std::string_view digits = text.substr(exponent_at + 1);
    digits.remove_prefix(digits.front() == '+' ? 1 : 0);
    const auto result = std::from_chars(digits.data(), digits.data() + digits.size(), exponent);
    if (result.ec == std::errc::result_out_of_range) {
      return digits.front() != '-';
    }
  }
  const std::size_t point = std::min(mantissa.find('.'), mantissa.size());
  const std::size_t first = mantissa.find_first_of("123456789");
  // Powers of ten of the first digit that counts, before the exponent.
  const std::int64_t magnitude = first == std::string_view::npos ? 0
                                 : first < point ? static_cast<std::int64_t>(point - first)
                                                 : -static_cast<std::int64_t>(first - point);
  return magnitude + exponent > 0;
}

bool is_zero(std::string_view text) {
  return text.substr(0, text.find_first_of("eE")).find_first_of("123456789") ==
         std::string_view::npos;
}

template <typename T>
T convert_decimal(std::string_view text) {
  T value = 0;
  const auto result = std::from_chars(text.data(), text.data() + text.size(), value);
  if (result.ec != std::errc::result_out_of_range) {
    return value;
  }
  return !is_zero(text) && is_large(text) ? std::numeric_limits<T>::infinity() : T{0};
}

/// "1.8p3", which Java writes 0x1.8p3. Nothing if it is not of this form.
template <typename T>
std::optional<T> convert_hexadecimal(std::string_view text) {
  const std::size_t power = text.find_first_of("pP");
  if (power == std::string_view::npos || power == 0 ||
      exponent_length(text.substr(power), "pP") != text.size() - power) {
    return std::nullopt;
  }
  T value = 0;
  const auto result =
      std::from_chars(text.data(), text.data() + text.size(), value, std::chars_format::hex);
  if (result.ec == std::errc::invalid_argument || result.ptr != text.data() + text.size()) {
    return std::nullopt;
  }
  if (result.ec == std::errc::result_out_of_range) {
    return text[power + 1] == '-' ? T{0} : std::numeric_limits<T>::infinity();
  }
  return value;
}

template <typename T>
std::optional<T> parse_unsigned(std::string_view text) {
  if (text == "NaN") {
    return std::numeric_limits<T>::quiet_NaN();
  }
  if (text == "Infinity") {
    return std::numeric_limits<T>::infinity();
  }
  if (!text.empty() && std::string_view("fFdD").find(text.back()) != std::string_view::npos) {
    text.remove_suffix(1);
  }
  if (text.starts_with("0x") || text.starts_with("0X")) {
    return convert_hexadecimal<T>(text.substr(2));
  }
  return is_decimal(text) ? std::optional(convert_decimal<T>(text)) : std::nullopt;
}

/// Take a sign off the front of `text`: true if it is '-'.
bool take_sign(std::string_view& text) {
  const bool negative = text.starts_with('-');
  text.remove_prefix(negative || text.starts_with('+') ? 1 : 0);
  return negative;
}

template <typename T>
std::optional<T> parse_real(std::string_view text) {
  const bool negative = take_sign(text);
  const std::optional<T> value = parse_unsigned<T>(text);
  // Java has one NaN, without a sign.
  return value && negative && !std::isnan(*value) ? std::optional(-*value) : value;
}

}  // namespace

std::optional<double> parse_double(std::string_view text) {
  return parse_real<double>(text);
}

std::optional<float> parse_float(std::string_view text) {
  return parse_real<float>(text);
}

std::optional<std::int64_t> parse_integer(std::string_view text,
                                          std::int64_t least,
                                          std::int64_t most) {
  std::int64_t value = 0;
  const char* const end = text.data() + text.size();
  const auto result = std::from_chars(text.data(), end, value);
  if (result.ec != std::errc() || result.ptr != end || value < least || value > most) {
    return std::nullopt;
  }
  return value;
}

}  // namespace alinktf::text_form
