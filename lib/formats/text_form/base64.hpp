// Bytes as text: base64 (RFC 4648, section 4).
#pragma once

#include "base/bytes.hpp"

#include <cstddef>
#include <optional>
#include <string_view>

namespace alinktf::text_form {

/// Append `bytes` in base64, padded with '='.
void append_base64(std::string_view bytes, Buffer& out);

/// Decode `text` to `to`, which has room for text.size() / 4 * 3 + 2 bytes or is text.data()
/// itself: the number of bytes, or nothing if `text` is no base64; then some may have been written.
/// The padding may be missing. Bits that stand for nothing must be zero, blanks are not allowed.
std::optional<std::size_t> decode_base64(std::string_view text, char* to);

}  // namespace alinktf::text_form
