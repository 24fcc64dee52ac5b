// Texts as Java counts them, in UTF-16 code units, and as UTF-8.
#pragma once

#include "base/bytes.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace alinktf::ak {

/// Joins code units to UTF-8. Halves of surrogate pairs become U+FFFD.
class Utf16Joiner {
 public:
  explicit Utf16Joiner(Buffer& out) : out_(out) {}

  void add(std::uint32_t unit);
  /// After the last unit.
  void finish();

 private:
  Buffer& out_;
  std::uint32_t high_ = 0;  ///< the first half of a pair, waiting for the second
};

/// True if all bytes are below 0x80.
bool is_ascii(std::string_view text);

/// How many units the well-formed text `utf8` has.
std::uint32_t count_units(std::string_view utf8);

/// The code point of the well-formed sequence `bytes`.
std::uint32_t code_of(std::string_view bytes);

/// Calls `visit` with the one or two units of code point `code`.
template <typename Visit>
void for_each_unit(std::uint32_t code, Visit&& visit) {
  constexpr std::uint32_t kFirstPair = 0x10000;
  if (code < kFirstPair) {
    visit(code);
  } else {
    visit(0xD800U + ((code - kFirstPair) >> 10U));
    visit(0xDC00U + ((code - kFirstPair) & 0x3FFU));
  }
}

/// Append a code point as UTF-8; also one that is half a pair, as three bytes.
void append_utf8(std::uint32_t code, Buffer& out);

}  // namespace alinktf::ak
