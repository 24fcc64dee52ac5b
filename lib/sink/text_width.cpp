#include "sink/text_width.hpp"

#include "base/utf8.hpp"

#include <algorithm>
#include <array>
#include <iterator>

namespace alinktf::sink {

namespace {

constexpr char32_t kInvalid = 0xFFFFFFFF;

struct Range {
  char32_t first;
  char32_t last;
};

/// Unicode's East Asian Width W and F, in broad ranges. Ascending.
constexpr std::array<Range, 17> kWide{{{0x1100, 0x115F},
                                       {0x231A, 0x231B},
                                       {0x2E80, 0x303E},
                                       {0x3041, 0x33FF},
                                       {0x3400, 0x4DBF},
                                       {0x4E00, 0xA4CF},
                                       {0xA960, 0xA97F},
                                       {0xAC00, 0xD7A3},
                                       {0xF900, 0xFAFF},
                                       {0xFE30, 0xFE6F},
                                       {0xFF00, 0xFF60},
                                       {0xFFE0, 0xFFE6},
                                       {0x17000, 0x18CFF},
                                       {0x1B000, 0x1B2FF},
                                       {0x1F300, 0x1F64F},
                                       {0x1F680, 0x1F9FF},
                                       {0x20000, 0x3FFFD}}};

/// Characters that take no column of their own: combining marks, joiners, directions. Ascending.
constexpr std::array<Range, 12> kZero{{{0x0300, 0x036F},
                                       {0x0483, 0x0489},
                                       {0x0591, 0x05BD},
                                       {0x0610, 0x061A},
                                       {0x064B, 0x065F},
                                       {0x1AB0, 0x1AFF},
                                       {0x1DC0, 0x1DFF},
                                       {0x200B, 0x200F},
                                       {0x202A, 0x202E},
                                       {0x2060, 0x206F},
                                       {0x20D0, 0x20FF},
                                       {0xFE00, 0xFE0F}}};

template <std::size_t kCount>
bool holds(const std::array<Range, kCount>& ranges, char32_t code) {
  const auto* const after = std::upper_bound(
      ranges.begin(), ranges.end(), code, [](char32_t c, const Range& r) { return c < r.first; });
  return after != ranges.begin() && code <= std::prev(after)->last;
}

std::size_t width_of(char32_t code) {
  if (code < 0x300) {
    return 1;
  }
  return holds(kZero, code) ? 0 : holds(kWide, code) ? 2 : 1;
}

/// Take the first character off `text`; kInvalid for a byte that does not belong to one.
char32_t next(std::string_view& text) {
  const std::size_t size = utf8_sequence(text);
  const auto first = static_cast<unsigned char>(text.front());
  char32_t code = size == 1 ? first : first & (0xFFU >> (size + 1));
  for (std::size_t i = 1; i < size; ++i) {
    code = code << 6U | (static_cast<unsigned char>(text[i]) & 0x3FU);
  }
  text.remove_prefix(std::max<std::size_t>(size, 1));
  return size == 0 ? kInvalid : code;
}

bool is_control(char32_t code) {
  return code < 0x20 || (code >= 0x7F && code < 0xA0) || code == 0x2028 || code == 0x2029;
}

}  // namespace

std::string printable(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    std::string_view rest = text;
    const char32_t code = next(rest);
    if (code == kInvalid) {
      out += "\xEF\xBF\xBD";
    } else if (is_control(code)) {
      out += ' ';
    } else {
      out += text.substr(0, text.size() - rest.size());
    }
    text = rest;
  }
  return out;
}

std::size_t display_width(std::string_view text) {
  std::size_t columns = 0;
  while (!text.empty()) {
    columns += width_of(next(text));
  }
  return columns;
}

std::string_view head(std::string_view text, std::size_t columns) {
  std::string_view rest = text;
  while (!rest.empty()) {
    std::string_view after = rest;
    const std::size_t width = width_of(next(after));
    if (width > columns) {
      break;
    }
    columns -= width;
    rest = after;
  }
  return text.substr(0, text.size() - rest.size());
}

}  // namespace alinktf::sink
