#include "log/terminal_text.hpp"

#include <algorithm>
#include <utility>

namespace alinktf::log {

namespace {

constexpr char kEscape = '\x1b';
constexpr char kDelete = '\x7f';
constexpr std::string_view kPlain = "\x1b[0m";

/// Length of the escape sequence at the front of `text`: ESC [ … letter, ESC ] … BEL or ESC \, or
/// ESC and one more character.
std::size_t escape_sequence(std::string_view text) {
  if (text.size() < 2) {
    return text.size();
  }
  if (text[1] == '[') {
    const auto* const end =
        std::find_if(text.begin() + 2, text.end(), [](char c) { return c >= '@' && c <= '~'; });
    return std::min(text.size(), static_cast<std::size_t>(end - text.begin()) + 1);
  }
  if (text[1] == ']') {
    const std::size_t end = text.find_first_of("\x07\x1b", 2);
    if (end == std::string_view::npos) {
      return text.size();
    }
    return std::min(text.size(), end + (text[end] == kEscape ? 2 : 1));
  }
  return 2;
}

bool is_colour(std::string_view sequence) {
  return sequence.size() > 2 && sequence[1] == '[' && sequence.back() == 'm';
}

bool is_control(char c) {
  return (static_cast<unsigned char>(c) < ' ' && c != '\t') || c == kDelete;
}

/// True for U+0080 to U+009F, control characters as well.
bool is_second_control(std::string_view text) {
  return text.size() > 1 && text[0] == '\xc2' && static_cast<unsigned char>(text[1]) >= 0x80 &&
         static_cast<unsigned char>(text[1]) < 0xA0;
}

struct Cleaned {
  std::string text;
  bool visible = false;  ///< there is more in it than colours
};

Cleaned clean(std::string_view line, Colours colours) {
  Cleaned out;
  bool coloured = false;
  while (!line.empty()) {
    std::size_t size = 1;
    if (line.front() == kEscape) {
      size = escape_sequence(line);
      if (colours == Colours::kKeep && is_colour(line.substr(0, size))) {
        out.text += line.substr(0, size);
        coloured = true;
      }
    } else if (is_second_control(line)) {
      size = 2;
    } else if (!is_control(line.front())) {
      out.text.push_back(line.front());
      out.visible = true;
    }
    line.remove_prefix(size);
  }
  if (coloured) {
    out.text += kPlain;
  }
  return out;
}

}  // namespace

std::string terminal_line(std::string_view line, Colours colours) {
  for (;;) {
    const std::size_t at = line.rfind('\r');
    const bool first = at == std::string_view::npos;
    Cleaned cleaned = clean(first ? line : line.substr(at + 1), colours);
    if (first || cleaned.visible) {
      return std::move(cleaned.text);
    }
    line = line.substr(0, at);
  }
}

std::string terminal_text(std::string_view text, Colours colours) {
  std::string out;
  for (;;) {
    const std::size_t end = text.find('\n');
    out += terminal_line(text.substr(0, end), colours);
    if (end == std::string_view::npos) {
      return out;
    }
    out.push_back('\n');
    text.remove_prefix(end + 1);
  }
}

}  // namespace alinktf::log
