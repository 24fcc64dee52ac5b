#include "formats/text_form/utf16.hpp"

namespace alinktf::text_form {

namespace {

/// Length of the character at the front of `text`: 1 to 4 bytes.
std::size_t character_bytes(std::string_view text) {
  const auto lead = static_cast<unsigned char>(text.front());
  const std::size_t size = lead < 0xC2   ? 1
                           : lead < 0xE0 ? 2
                           : lead < 0xF0 ? 3
                           : lead < 0xF5 ? 4
                                         : 1;
  if (size > text.size()) {
    return 1;
  }
  for (std::size_t i = 1; i < size; ++i) {
    if ((static_cast<unsigned char>(text[i]) & 0xC0U) != 0x80U) {
      return 1;
    }
  }
  return size;
}

constexpr std::size_t units_of(std::size_t bytes) {
  return bytes == 4 ? 2 : 1;
}

}  // namespace

std::size_t utf16_units(std::string_view text) {
  std::size_t units = 0;
  while (!text.empty()) {
    const std::size_t bytes = character_bytes(text);
    units += units_of(bytes);
    text.remove_prefix(bytes);
  }
  return units;
}

std::optional<std::size_t> utf16_prefix(std::string_view text, std::size_t units) {
  std::size_t at = 0;
  while (units != 0) {
    if (at == text.size()) {
      return std::nullopt;
    }
    const std::size_t bytes = character_bytes(text.substr(at));
    if (units_of(bytes) > units) {
      return std::nullopt;
    }
    at += bytes;
    units -= units_of(bytes);
  }
  return at;
}

}  // namespace alinktf::text_form
