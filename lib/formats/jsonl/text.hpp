// JSON's strings: finding their end, freeing them of escapes, writing them.
#pragma once

#include "base/bytes.hpp"

#include <cstdint>
#include <string_view>

namespace alinktf::jsonl {

/// Append `text` between quotes, with the escapes that JSON asks for and no others. Bytes that are
/// not UTF-8 become U+FFFD.
void append_text(std::string_view text, Buffer& out);

/// Free of escapes what stands between the quotes of a string that scan_text() has accepted, in
/// place: its new end. Halves of surrogate pairs become U+FFFD.
char* unescape(char* begin, const char* end);

/// A string's end, and what it holds.
struct TextScan {
  char* end = nullptr;  ///< its closing quote, or the byte that must not stand there
  bool valid = false;
  bool escaped = false;
};

/// Go over the string whose first byte behind the quote is `at`. `end` points to the line feed
/// behind the line; up to 8 bytes behind that are read.
TextScan scan_text(char* at, const char* end);

/// The first byte from `at` on that is a quote, a backslash, a control character or not ASCII. One
/// of them must come; up to 8 bytes behind it are read.
inline char* skip_plain(char* at) {
  constexpr std::uint64_t kOnes = 0x0101010101010101U;
  while (true) {
    const auto word = load_le<std::uint64_t>(at);
    const std::uint64_t quotes = word ^ (kOnes * '"');
    const std::uint64_t backslashes = word ^ (kOnes * '\\');
    // A subtraction borrows from a byte only if the byte before it has been found as well.
    const std::uint64_t found =
        ((word - kOnes * ' ') | (quotes - kOnes) | (backslashes - kOnes) | word) & (kOnes << 7U);
    if (found != 0) {
      return at + static_cast<unsigned>(std::countr_zero(found)) / 8;
    }
    at += 8;
  }
}

}  // namespace alinktf::jsonl
