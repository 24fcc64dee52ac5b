#include "formats/jsonl/text.hpp"

#include "base/utf8.hpp"

#include <algorithm>
#include <array>
#include <cstring>

namespace alinktf::jsonl {

namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";

unsigned char byte_of(char c) {
  return static_cast<unsigned char>(c);
}

/// The character that `letter` stands for behind a backslash, or 0.
char escaped_by(char letter) {
  switch (letter) {
    case '"':
    case '\\':
    case '/':
      return letter;
    case 'b':
      return '\b';
    case 'f':
      return '\f';
    case 'n':
      return '\n';
    case 'r':
      return '\r';
    case 't':
      return '\t';
    default:
      return 0;
  }
}

/// The number that four hexadecimal digits stand for, or -1.
int unit_of(const char* at) {
  int value = 0;
  for (int i = 0; i < 4; ++i) {
    const char c = at[i];
    const char lower = static_cast<char>(c | 0x20);
    int digit = -1;
    if (c >= '0' && c <= '9') {
      digit = c - '0';
    } else if (lower >= 'a' && lower <= 'f') {
      digit = lower - 'a' + 10;
    }
    if (digit < 0) {
      return -1;
    }
    value = value * 16 + digit;
  }
  return value;
}

char* put_code_point(char* to, unsigned code) {
  const auto put = [&to](unsigned byte) { *to++ = static_cast<char>(byte); };
  if (code < 0x80) {
    put(code);
    return to;
  }
  if (code < 0x800) {
    put(0xC0U | code >> 6U);
  } else {
    if (code < 0x10000) {
      put(0xE0U | code >> 12U);
    } else {
      put(0xF0U | code >> 18U);
      put(0x80U | (code >> 12U & 0x3FU));
    }
    put(0x80U | (code >> 6U & 0x3FU));
  }
  put(0x80U | (code & 0x3FU));
  return to;
}

bool is_high_half(int unit) {
  return unit >= 0xD800 && unit < 0xDC00;
}

bool is_low_half(int unit) {
  return unit >= 0xDC00 && unit < 0xE000;
}

/// Write the character of the digits at `from`, behind "\u", and of the escape behind them if both
/// are a pair: the end of what has been read.
const char* put_unit(const char* from, const char* end, char*& to) {
  constexpr unsigned kReplacementCode = 0xFFFD;
  constexpr unsigned kBeyondUnits = 0x10000;
  const int unit = unit_of(from);
  from += 4;
  auto code = static_cast<unsigned>(unit);
  if (is_high_half(unit) || is_low_half(unit)) {
    const bool escape_follows = end - from >= 6 && from[0] == '\\' && from[1] == 'u';
    const int next = escape_follows ? unit_of(from + 2) : -1;
    if (is_high_half(unit) && is_low_half(next)) {
      code = kBeyondUnits + ((code & 0x3FFU) << 10U | (static_cast<unsigned>(next) & 0x3FFU));
      from += 6;
    } else {
      code = kReplacementCode;
    }
  }
  to = put_code_point(to, code);
  return from;
}

/// The bytes that stand for a byte that needs an escape, but for \u00.
std::string_view short_escape(char c) {
  switch (c) {
    case '"':
      return "\\\"";
    case '\\':
      return "\\\\";
    case '\b':
      return "\\b";
    case '\f':
      return "\\f";
    case '\n':
      return "\\n";
    case '\r':
      return "\\r";
    case '\t':
      return "\\t";
    default:
      return {};
  }
}

void append_escaped(char c, Buffer& out) {
  constexpr std::string_view kHexadecimal = "0123456789abcdef";
  const std::string_view escape = short_escape(c);
  if (!escape.empty()) {
    out.append(escape);
    return;
  }
  out.append("\\u00");
  out.push_back(kHexadecimal[byte_of(c) >> 4U]);
  out.push_back(kHexadecimal[byte_of(c) & 0xFU]);
}

bool is_plain(char c) {
  return byte_of(c) >= 0x20 && byte_of(c) < 0x80 && c != '"' && c != '\\';
}

}  // namespace

TextScan scan_text(char* at, const char* end) {
  bool escaped = false;
  while (true) {
    at = skip_plain(at);
    if (*at == '"') {
      return {.end = at, .valid = true, .escaped = escaped};
    }
    std::size_t length = 0;
    if (*at == '\\') {
      escaped = true;
      length = escaped_by(at[1]) != 0 ? 2 : at[1] == 'u' && unit_of(at + 2) >= 0 ? 6 : 0;
    } else if (byte_of(*at) >= 0x80) {
      length = utf8_sequence({at, static_cast<std::size_t>(end - at)});
    }
    if (length == 0) {
      return {.end = at, .valid = false, .escaped = escaped};
    }
    at += length;
  }
}

char* unescape(char* begin, const char* end) {
  char* to = std::find(begin, begin + (end - begin), '\\');
  const char* from = to;
  while (from != end) {
    if (from[1] == 'u') {
      from = put_unit(from + 2, end, to);
    } else {
      *to++ = escaped_by(from[1]);
      from += 2;
    }
    const char* const next = std::find(from, end, '\\');
    std::memmove(to, from, static_cast<std::size_t>(next - from));
    to += next - from;
    from = next;
  }
  return to;
}

void append_text(std::string_view text, Buffer& out) {
  out.push_back('"');
  const char* at = text.data();
  const char* const end = at + text.size();
  while (true) {
    const char* const stop = std::find_if_not(at, end, is_plain);
    out.append({at, static_cast<std::size_t>(stop - at)});
    if (stop == end) {
      break;
    }
    at = stop + 1;
    if (byte_of(*stop) < 0x80) {
      append_escaped(*stop, out);
      continue;
    }
    const std::size_t length = utf8_sequence({stop, static_cast<std::size_t>(end - stop)});
    out.append(length == 0 ? kReplacement : std::string_view(stop, length));
    at = stop + std::max<std::size_t>(length, 1);
  }
  out.push_back('"');
}

}  // namespace alinktf::jsonl
