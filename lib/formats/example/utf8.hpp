// Well-formed UTF-8 (RFC 3629: no surrogates, nothing overlong).
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace alinktf::example {

/// How many bytes at the front of `text` are well-formed.
std::size_t utf8_prefix(std::string_view text);

inline bool is_utf8(std::string_view text) {
  return utf8_prefix(text) == text.size();
}

/// `text` with U+FFFD in place of what is not well-formed, as Java's decoder puts it.
std::string repaired_utf8(std::string_view text);

}  // namespace alinktf::example
