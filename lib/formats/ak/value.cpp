#include "formats/ak/value.hpp"

#include "base/utf8.hpp"
#include "formats/ak/utf16.hpp"
#include "formats/text_form/decimal.hpp"

#include <algorithm>
#include <charconv>
#include <string>
#include <vector>

namespace alinktf::ak {

namespace {

// How BigDecimal's unscaled value begins: four values of their own, else its bytes and 4.
constexpr std::uint32_t kNullNumber = 0;
constexpr std::uint32_t kZero = 1;
constexpr std::uint32_t kOne = 2;
constexpr std::uint32_t kTen = 3;
constexpr std::uint32_t kBytesBase = 4;
constexpr std::size_t kMostNumberBytes = 4096;

constexpr unsigned kVarintBits = 7;
constexpr unsigned kMore = 0x80;

/// The digits of the two's complement number `bytes`, big endian, with its sign.
std::string digits_of(std::string_view bytes) {
  constexpr std::uint64_t kBase = 1'000'000'000;
  constexpr int kBaseDigits = 9;
  const bool negative = (static_cast<unsigned char>(bytes.front()) & 0x80U) != 0;
  std::vector<std::uint32_t> limbs = {0};  // of the magnitude, lowest first
  std::uint64_t carry = 0;
  for (const char c : bytes) {
    carry = static_cast<unsigned char>(negative ? ~c : c);
    for (std::uint32_t& limb : limbs) {
      carry += std::uint64_t{limb} * 256;
      limb = static_cast<std::uint32_t>(carry % kBase);
      carry /= kBase;
    }
    if (carry != 0) {
      limbs.push_back(static_cast<std::uint32_t>(carry));
    }
  }
  carry = negative ? 1 : 0;  // -x is the complement of x, and one more
  for (std::uint32_t& limb : limbs) {
    carry += limb;
    limb = static_cast<std::uint32_t>(carry % kBase);
    carry /= kBase;
  }
  if (carry != 0) {
    limbs.push_back(static_cast<std::uint32_t>(carry));
  }
  std::string text = negative ? "-" : "";
  text += std::to_string(limbs.back());
  for (std::size_t i = limbs.size() - 1; i-- > 0;) {
    const std::string part = std::to_string(limbs[i]);
    text.append(static_cast<std::size_t>(kBaseDigits) - part.size(), '0').append(part);
  }
  return text;
}

/// The bytes of the number `digits`, big endian and as few as can be, in two's complement.
std::string bytes_of(std::string_view digits, bool negative) {
  std::vector<unsigned char> bytes = {0};  // lowest first
  for (const char digit : digits) {
    auto carry = static_cast<unsigned>(digit - '0');
    for (unsigned char& byte : bytes) {
      carry += byte * 10U;
      byte = static_cast<unsigned char>(carry);
      carry >>= 8U;
    }
    if (carry != 0) {
      bytes.push_back(static_cast<unsigned char>(carry));
    }
  }
  bytes.push_back(0);  // the sign
  unsigned carry = negative ? 1 : 0;
  for (unsigned char& byte : bytes) {
    carry += negative ? 0xFFU - byte : byte;
    byte = static_cast<unsigned char>(carry);
    carry >>= 8U;
  }
  const auto says_sign = [&](std::size_t last) {
    return bytes[last] == 0 ? (bytes[last - 1] & 0x80U) == 0
                            : bytes[last] == 0xFF && (bytes[last - 1] & 0x80U) != 0;
  };
  while (bytes.size() > 1 && says_sign(bytes.size() - 1)) {
    bytes.pop_back();
  }
  return {bytes.rbegin(), bytes.rend()};
}

void append_unscaled(std::string_view digits, bool negative, Buffer& out) {
  const std::string bytes = bytes_of(digits, negative);
  const auto first = static_cast<signed char>(bytes.front());
  if (bytes.size() == 1 && (first == 0 || first == 1 || first == 10)) {
    append_be(first == 0 ? kZero : first == 1 ? kOne : kTen, out);
    return;
  }
  append_be(static_cast<std::uint32_t>(bytes.size()) + kBytesBase, out);
  out.append(bytes);
}

}  // namespace

void append_varint(std::uint32_t value, Buffer& out) {
  for (; value >= kMore; value >>= kVarintBits) {
    out.push_back(static_cast<char>(value | kMore));
  }
  out.push_back(static_cast<char>(value));
}

std::optional<std::string_view> Fields::bytes(std::size_t size) {
  if (rest_.size() < size) {
    return std::nullopt;
  }
  const std::string_view found = rest_.substr(0, size);
  rest_.remove_prefix(size);
  return found;
}

std::optional<std::uint32_t> Fields::varint() {
  constexpr unsigned kMostShift = 28;
  std::uint32_t value = 0;
  for (unsigned shift = 0; shift <= kMostShift && !rest_.empty(); shift += kVarintBits) {
    const auto byte = static_cast<unsigned char>(rest_.front());
    rest_.remove_prefix(1);
    value |= (byte & (kMore - 1)) << shift;
    if (byte < kMore) {
      return value;
    }
  }
  return std::nullopt;
}

std::optional<std::string_view> Fields::text(Buffer& room, bool& null) {
  const auto length = varint();
  if (!length || *length > rest_.size() + 1) {  // a unit takes a byte at least
    return std::nullopt;
  }
  null = *length == 0;
  std::size_t units = null ? 0 : *length - 1;
  if (is_ascii(rest_.substr(0, units))) {
    return bytes(units);
  }
  room.clear();
  Utf16Joiner joiner(room);
  for (; units > 0; --units) {
    const auto unit = varint();
    if (!unit || *unit > 0xFFFF) {
      return std::nullopt;
    }
    joiner.add(*unit);
  }
  joiner.finish();
  return room.view();
}

std::optional<std::string_view> Fields::decimal(Buffer& room, bool& null) {
  const auto code = number<std::uint32_t>();
  if (!code) {
    return std::nullopt;
  }
  null = *code == kNullNumber;
  if (null) {
    return std::string_view();
  }
  std::string digits = *code == kTen ? "10" : *code == kOne ? "1" : "0";
  if (*code > kTen) {
    const std::size_t size = *code - kBytesBase;
    const auto value = bytes(size);
    if (!value || size == 0 || size > kMostNumberBytes) {
      return std::nullopt;
    }
    digits = digits_of(*value);
  }
  const auto scale = number<std::uint32_t>();
  if (!scale) {
    return std::nullopt;
  }
  digits += 'e' + std::to_string(-std::int64_t{static_cast<std::int32_t>(*scale)});
  Buffer scratch;
  const auto text = text_form::parse_decimal(digits, scratch);
  if (!text) {
    return std::nullopt;
  }
  room.clear();
  room.append(*text);
  return room.view();
}

void append_text(std::string_view text, Buffer& out) {
  if (is_ascii(text)) {
    append_varint(static_cast<std::uint32_t>(text.size() + 1), out);
    out.append(text);
    return;
  }
  const std::string repaired = is_utf8(text) ? std::string() : repaired_utf8(text);
  text = repaired.empty() ? text : repaired;
  append_varint(count_units(text) + 1, out);
  while (!text.empty()) {
    const std::size_t size = utf8_sequence(text);
    for_each_unit(code_of(text.substr(0, size)),
                  [&](std::uint32_t unit) { append_varint(unit, out); });
    text.remove_prefix(size);
  }
}

bool append_decimal(std::string_view text, Buffer& out) {
  constexpr std::size_t kMostDigits = 9'800;
  const bool negative = text.starts_with('-');
  const std::size_t e = std::min(text.find('E'), text.size());
  const std::string_view number = text.substr(negative ? 1 : 0, e - (negative ? 1 : 0));
  const std::size_t point = std::min(number.find('.'), number.size());
  std::string digits(number.substr(0, point));
  std::int64_t scale = 0;
  if (point != number.size()) {
    digits += number.substr(point + 1);
    scale = static_cast<std::int64_t>(number.size() - point - 1);
  }
  std::int64_t exponent = 0;
  if (e != text.size()) {
    const std::size_t from = e + (text.substr(e + 1).starts_with('+') ? 2 : 1);
    std::from_chars(text.data() + from, text.data() + text.size(), exponent);
  }
  if (digits.size() > kMostDigits) {
    return false;
  }
  append_unscaled(digits, negative, out);
  append_be(static_cast<std::uint32_t>(static_cast<std::int32_t>(scale - exponent)), out);
  return true;
}

}  // namespace alinktf::ak
