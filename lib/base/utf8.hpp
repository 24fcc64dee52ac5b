// Well-formed UTF-8 (RFC 3629: no surrogates, nothing overlong, nothing beyond U+10FFFF).
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace alinktf {

/// Length of the well-formed sequence at the front of `text`, which is not empty; 0 if there is
/// none.
inline std::size_t utf8_sequence(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const auto continues = [&](std::size_t i) { return (byte(i) & 0xC0U) == 0x80U; };
  const unsigned char first = byte(0);
  if (first < 0x80) {
    return 1;
  }
  if (first < 0xE0) {
    return first >= 0xC2 && text.size() >= 2 && continues(1) ? 2 : 0;
  }
  if (first < 0xF0) {
    const bool good = text.size() >= 3 && continues(1) && continues(2) &&
                      (first != 0xE0 || byte(1) >= 0xA0) && (first != 0xED || byte(1) < 0xA0);
    return good ? 3 : 0;
  }
  const bool good = first <= 0xF4 && text.size() >= 4 && continues(1) && continues(2) &&
                    continues(3) && (first != 0xF0 || byte(1) >= 0x90) &&
                    (first != 0xF4 || byte(1) < 0x90);
  return good ? 4 : 0;
}

/// How many bytes at the front of `text` are well-formed.
std::size_t utf8_prefix(std::string_view text);

inline bool is_utf8(std::string_view text) {
  return utf8_prefix(text) == text.size();
}

/// `text` with U+FFFD in place of what is not well-formed, as Java's decoder puts it.
std::string repaired_utf8(std::string_view text);

}  // namespace alinktf
