// Numbers straight from a row's text: the common forms, without looking for the field's end first.
// Whatever is not handled here goes through number.hpp, which accepts everything.
#pragma once

#include "base/bytes.hpp"

#include <array>
#include <bit>
#include <cstdint>
#include <limits>

namespace alinktf::text_form {

namespace plain {

__extension__ using Wide = unsigned __int128;

// The powers of five that fit into 128 bits and whose reciprocals can be divided out in 128 bits.
constexpr int kLeastPower = -54;
constexpr int kMostPower = 55;

struct Power {
  std::uint64_t high;
  std::uint64_t low;
};

constexpr Wide power_of_five(int exponent) {
  Wide power = 1;
  for (; exponent > 0; --exponent) {
    power *= 5;
  }
  return power;
}

/// 2^n / 5^`exponent` for the n that makes it 128 bits long, rounded down.
constexpr Wide reciprocal(int exponent) {
  const Wide divisor = power_of_five(exponent);
  Wide remainder = 1;
  while (remainder < divisor) {
    remainder <<= 1U;
  }
  Wide quotient = 0;
  for (int bit = 0; bit < 128; ++bit) {
    const bool one = remainder >= divisor;
    quotient = quotient << 1U | static_cast<Wide>(one ? 1 : 0);
    remainder = (remainder - (one ? divisor : 0)) << 1U;
  }
  return quotient;
}

/// 5^q for every q, scaled to 128 bits: exact for q >= 0, rounded up to -27 (where 64 × 128 bits
/// are enough for an exact result) and down below, as the algorithm asks for.
constexpr auto make_powers() {
  std::array<Power, kMostPower - kLeastPower + 1> powers{};
  for (int q = kLeastPower; q <= kMostPower; ++q) {
    Wide value = 0;
    if (q < 0) {
      value = reciprocal(-q) + (q >= -27 ? 1 : 0);
    } else {
      value = power_of_five(q);
      while (value >> 127U == 0) {
        value <<= 1U;
      }
    }
    powers[static_cast<std::size_t>(q - kLeastPower)] = {
        .high = static_cast<std::uint64_t>(value >> 64U), .low = static_cast<std::uint64_t>(value)};
  }
  return powers;
}

inline constexpr auto kPowers = make_powers();

template <typename T>
struct Format;
template <>
struct Format<double> {
  using Bits = std::uint64_t;
  static constexpr int kMantissaBits = 52;
  static constexpr int kBias = 1023;
  static constexpr int kInfinity = 0x7FF;
  // Outside, no decimal of 64 bits lies exactly between two doubles.
  static constexpr int kLeastTie = -4;
  static constexpr int kMostTie = 23;
};
template <>
struct Format<float> {
  using Bits = std::uint32_t;
  static constexpr int kMantissaBits = 23;
  static constexpr int kBias = 127;
  static constexpr int kInfinity = 0xFF;
  static constexpr int kLeastTie = -17;
  static constexpr int kMostTie = 10;
};

/// The T nearest to `digits` × 10^`power` (digits > 0), ties to even: true, or false in the rare
/// cases that need more than 128 bits, or if the result is subnormal or infinite.
///
/// Source: D. Lemire, "Number Parsing at a Gigabyte per Second", 2021, algorithm 1 (Eisel-Lemire).
template <typename T>
inline bool to_nearest(std::uint64_t digits, int power, T& value) {
  using F = Format<T>;
  if (power < kLeastPower || power > kMostPower) {
    return false;
  }
  const int zeros = std::countl_zero(digits);
  const Power& five = kPowers[static_cast<std::size_t>(power - kLeastPower)];
  const std::uint64_t scaled = digits << static_cast<unsigned>(zeros);
  Wide product = static_cast<Wide>(scaled) * five.high;
  constexpr std::uint64_t kUnsure =
      ~std::uint64_t{0} >> static_cast<unsigned>(F::kMantissaBits + 3);
  if ((static_cast<std::uint64_t>(product >> 64U) & kUnsure) == kUnsure) {
    product += (static_cast<Wide>(scaled) * five.low) >> 64U;
    if (power < -27 && static_cast<std::uint64_t>(product) == ~std::uint64_t{0}) {
      return false;
    }
  }
  const auto high = static_cast<std::uint64_t>(product >> 64U);
  const auto low = static_cast<std::uint64_t>(product);
  const auto top = static_cast<unsigned>(high >> 63U);
  const unsigned dropped = top + 64 - static_cast<unsigned>(F::kMantissaBits + 3);
  std::uint64_t mantissa = high >> dropped;
  // 217706 / 2^16 is log2(10), as precise as these powers need.
  int exponent = ((217706 * power) >> 16) + 63 + static_cast<int>(top) - zeros + F::kBias;
  if (low <= 1 && power >= F::kLeastTie && power <= F::kMostTie && (mantissa & 3U) == 1 &&
      mantissa << dropped == high) {
    mantissa &= ~std::uint64_t{1};
  }
  mantissa = (mantissa + (mantissa & 1U)) >> 1U;
  if (mantissa >> static_cast<unsigned>(F::kMantissaBits + 1) != 0) {
    mantissa >>= 1U;
    ++exponent;
  }
  if (exponent <= 0 || exponent >= F::kInfinity) {
    return false;
  }
  constexpr std::uint64_t kHidden = std::uint64_t{1} << static_cast<unsigned>(F::kMantissaBits);
  value = std::bit_cast<T>(static_cast<typename F::Bits>(
      (mantissa & ~kHidden) | static_cast<std::uint64_t>(exponent) << F::kMantissaBits));
  return true;
}

inline bool is_digit(char c) {
  return static_cast<unsigned char>(c - '0') < 10;
}

/// The number that eight digits stand for, each in a byte of `word` as 0 to 9, the first lowest.
inline std::uint64_t eight_digits(std::uint64_t word) {
  constexpr std::uint64_t kMask = 0x000000FF000000FFU;
  constexpr std::uint64_t kOdd = 100 + (std::uint64_t{1000000} << 32U);
  constexpr std::uint64_t kEven = 1 + (std::uint64_t{10000} << 32U);
  word = word * 10 + (word >> 8U);
  return (((word & kMask) * kOdd) + (((word >> 16U) & kMask) * kEven)) >> 32U;
}

/// Append the digits at `at` to `digits`, eight at a time; returns the first byte that is none.
/// Reads up to 8 bytes beyond it. More than 19 digits overflow.
inline const char* take_digits(const char* at, std::uint64_t& digits) {
  constexpr std::array<std::uint64_t, 9> kScale = {
      1, 10, 100, 1000, 10000, 100000, 1000000, 10000000, 100000000};
  while (true) {
    // A digit becomes its value, anything else 10 or more. Bits above the first byte that is no
    // digit may be wrong, and do not matter.
    const std::uint64_t word = load_le<std::uint64_t>(at) ^ 0x3030303030303030U;
    const std::uint64_t others = ((word + 0x7676767676767676U) | word) & 0x8080808080808080U;
    if (others != 0) {
      const auto count = static_cast<unsigned>(std::countr_zero(others)) / 8;
      // Two shifts, because one by 64 would be undefined.
      digits = digits * kScale[count] + eight_digits(word << (56 - 8 * count) << 8U);
      return at + count;
    }
    digits = digits * kScale[8] + eight_digits(word);
    at += 8;
  }
}

/// Add the exponent at `at` ("e-7") to `power`; nullptr if there is none, or a very long one.
inline const char* take_exponent(const char* at, int& power) {
  ++at;
  const bool negative = *at == '-';
  at += negative || *at == '+' ? 1 : 0;
  const char* const first = at;
  int exponent = 0;
  for (; is_digit(*at) && at - first < 4; ++at) {
    exponent = exponent * 10 + (*at - '0');
  }
  power += negative ? -exponent : exponent;
  return at == first ? nullptr : at;
}

}  // namespace plain

/// The end of the number at `at`, with its value; nullptr if there is none, or one that needs more
/// care. The caller sees at the byte there whether the field ends with it. At least 16 bytes that
/// can be read, a NUL first, follow the text.
template <typename T>
inline const char* scan_real(const char* at, T& value) {
  constexpr int kMostDigits = 19;  // fit into 64 bits
  const bool negative = *at == '-';
  at += negative ? 1 : 0;
  const char* const first = at;
  std::uint64_t digits = 0;
  for (; plain::is_digit(*at); ++at) {
    digits = digits * 10 + static_cast<std::uint64_t>(*at - '0');
  }
  auto count = at - first;
  int power = 0;
  if (*at == '.') {
    const char* const fraction = ++at;
    at = plain::take_digits(at, digits);
    power = static_cast<int>(fraction - at);
    count += at - fraction;
  }
  if (count == 0 || count > kMostDigits) {
    return nullptr;
  }
  if (*at == 'e' || *at == 'E') {
    at = plain::take_exponent(at, power);
    if (at == nullptr) {
      return nullptr;
    }
  }
  if (digits == 0) {
    value = 0;
  } else if (!plain::to_nearest(digits, power, value)) {
    return nullptr;
  }
  value = negative ? -value : value;
  return at;
}

/// The end of the number at `at` if it is a decimal in its canonical text (decimal.hpp) that is
/// told at a glance: an optional '-', a digit other than 0, more digits, and at most one point
/// between digits. Otherwise nullptr.
inline const char* scan_decimal(const char* at) {
  at += *at == '-' ? 1 : 0;
  if (*at == '0') {
    return nullptr;
  }
  const char* const first = at;
  while (plain::is_digit(*at)) {
    ++at;
  }
  if (at == first || *at != '.') {
    return at == first ? nullptr : at;
  }
  const char* const fraction = ++at;
  while (plain::is_digit(*at)) {
    ++at;
  }
  return at == fraction ? nullptr : at;
}

/// The end of the whole number at `at`, an optional '-' and at most 18 digits, which cannot
/// overflow, with its value; nullptr otherwise.
inline const char* scan_integer(const char* at, std::int64_t& value) {
  constexpr auto kMostDigits = 18;
  const bool negative = *at == '-';
  at += negative ? 1 : 0;
  const char* const first = at;
  std::int64_t magnitude = 0;
  for (; plain::is_digit(*at); ++at) {
    if (at - first == kMostDigits) {
      return nullptr;
    }
    magnitude = magnitude * 10 + (*at - '0');
  }
  value = negative ? -magnitude : magnitude;
  return at == first ? nullptr : at;
}

}  // namespace alinktf::text_form
