#include "formats/text_form/java_number.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstring>
#include <limits>
#include <string_view>

namespace alinktf::text_form {

namespace {

/// Shortest digits of a finite number above zero: 0.d1d2d3… × 10^point.
struct Digits {
  std::array<char, 32> text;
  int count;
  int point;
};

/// The digits of "d[.ddd]e±xx".
Digits split(std::string_view text) {
  Digits digits{};
  const std::size_t exponent_at = text.find('e');
  for (const char c : text.substr(0, exponent_at)) {
    if (c != '.') {
      digits.text[static_cast<std::size_t>(digits.count++)] = c;
    }
  }
  text.remove_prefix(exponent_at + (text[exponent_at + 1] == '+' ? 2 : 1));
  std::from_chars(text.data(), text.data() + text.size(), digits.point);
  ++digits.point;
  return digits;
}

template <typename T>
Digits shortest_digits(T value) {
  constexpr auto kScientific = std::chars_format::scientific;
  std::array<char, 40> text{};
  char* const begin = text.data();
  const char* end = std::to_chars(begin, begin + text.size(), value, kScientific).ptr;
  if (value < std::numeric_limits<T>::min() && end - begin > 1 && begin[1] == 'e') {
    // Where one digit is enough, Java takes two if they are nearer: 4.9E-324. This can differ only
    // for subnormal numbers.
    end = std::to_chars(begin, begin + text.size(), value, kScientific, 1).ptr;
    Digits digits = split({begin, static_cast<std::size_t>(end - begin)});
    digits.count -= digits.text[1] == '0' ? 1 : 0;
    return digits;
  }
  return split({begin, static_cast<std::size_t>(end - begin)});
}

char* put(char* to, const char* from, int count) {
  if (count > 0) {
    std::memcpy(to, from, static_cast<std::size_t>(count));
    to += count;
  }
  return to;
}

char* put_zeros(char* to, int count) {
  for (; count > 0; --count) {
    *to++ = '0';
  }
  return to;
}

/// 1234.5 and 0.00123: Java's layout from 10^-3 to below 10^7.
char* put_plain(char* to, const Digits& digits) {
  const int whole = std::min(digits.count, std::max(digits.point, 0));
  if (digits.point <= 0) {
    *to++ = '0';
  } else {
    to = put_zeros(put(to, digits.text.data(), whole), digits.point - whole);
  }
  *to++ = '.';
  if (digits.count == whole) {
    *to++ = '0';
    return to;
  }
  to = put_zeros(to, -digits.point);
  return put(to, digits.text.data() + whole, digits.count - whole);
}

/// 1.2345E10.
char* put_scientific(char* to, const Digits& digits) {
  *to++ = digits.text[0];
  *to++ = '.';
  if (digits.count == 1) {
    *to++ = '0';
  }
  to = put(to, digits.text.data() + 1, digits.count - 1);
  *to++ = 'E';
  return std::to_chars(to, to + 5, digits.point - 1).ptr;
}

template <typename T>
void append_number(T value, Buffer& out) {
  if (std::isnan(value)) {
    out.append("NaN");
    return;
  }
  if (std::signbit(value)) {
    out.push_back('-');
    value = -value;
  }
  if (std::isinf(value)) {
    out.append("Infinity");
    return;
  }
  if (value == 0) {
    out.append("0.0");
    return;
  }
  constexpr std::size_t kLongest = 32;  // sign, 17 digits, point, E-324, zeros
  char* const to = out.reserve(kLongest);
  const Digits digits = shortest_digits(value);
  const bool plain = digits.point > -3 && digits.point <= 7;
  const char* const end = plain ? put_plain(to, digits) : put_scientific(to, digits);
  out.commit(static_cast<std::size_t>(end - to));
}

}  // namespace

void append_java_double(double value, Buffer& out) {
  append_number(value, out);
}

void append_java_float(float value, Buffer& out) {
  append_number(value, out);
}

}  // namespace alinktf::text_form
