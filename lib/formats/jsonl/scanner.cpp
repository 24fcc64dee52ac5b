#include "formats/jsonl/scanner.hpp"

#include "base/text.hpp"
#include "formats/text_form/number.hpp"

#include <fmt/format.h>

#include <array>
#include <limits>

namespace alinktf::jsonl {

namespace {

using text_form::plain::is_digit;

constexpr std::array<std::string_view, 6> kWords = {
    "true", "false", "null", "NaN", "Infinity", "-Infinity"};

char* skip_digits(char* at) {
  while (is_digit(*at)) {
    ++at;
  }
  return at;
}

std::string_view between(const char* begin, const char* end) {
  return {begin, static_cast<std::size_t>(end - begin)};
}

/// Where the piece of text that has no business at `at` ends, for a message.
const char* piece_end(const char* at, const char* end) {
  constexpr std::string_view kDelimiters = " \t\r,:[]{}\"";
  const char* const first = at;
  while (at != end && kDelimiters.find(*at) == std::string_view::npos) {
    ++at;
  }
  return at == first && at != end ? at + 1 : at;
}

std::optional<double> parse_as(std::string_view text, double /*type*/) {
  return text_form::parse_double(text);
}

std::optional<float> parse_as(std::string_view text, float /*type*/) {
  return text_form::parse_float(text);
}

}  // namespace

char* number_end(char* at) {
  at += *at == '-' ? 1 : 0;
  char* const first = at;
  at = skip_digits(at);
  if (at == first || (*first == '0' && at - first > 1)) {
    return nullptr;
  }
  if (*at == '.') {
    char* const fraction = at + 1;
    at = skip_digits(fraction);
    if (at == fraction) {
      return nullptr;
    }
  }
  if (*at == 'e' || *at == 'E') {
    ++at;
    char* const exponent = at + (*at == '-' || *at == '+' ? 1 : 0);
    at = skip_digits(exponent);
    if (at == exponent) {
      return nullptr;
    }
  }
  return at;
}

char* Scanner::fail_syntax(const char* at, std::string_view expected) {
  fault_ = {.byte = static_cast<std::size_t>(at - line_.begin) + 1,
            .what = fmt::format("found {}, expected {}", found_at(at), expected)};
  return nullptr;
}

char* Scanner::fail_value(char* at, std::string_view expected, std::string_view where) {
  const char* const end = skip(at);
  if (end != nullptr) {
    fault_ = {
        .byte = 0,
        .what = fmt::format("found {}{}, expected {}", quote(between(at, end)), where, expected)};
  }
  return nullptr;
}

char* Scanner::fail(std::string what) {
  fault_ = {.byte = 0, .what = std::move(what)};
  return nullptr;
}

std::string Scanner::found_at(const char* at) const {
  if (at == line_.end) {
    return "the end of the line";
  }
  return quote(between(at, piece_end(at, line_.end)));
}

/// The closing quote of the string at `at`.
char* Scanner::text_end(char* at, bool& escaped) {
  const TextScan scan = scan_text(at + 1, line_.end);
  escaped = scan.escaped;
  if (scan.valid) {
    return scan.end;
  }
  const auto byte = static_cast<unsigned char>(*scan.end);
  std::string what;
  if (scan.end == line_.end || (byte == '\\' && scan.end + 1 == line_.end)) {
    what = fmt::format("the text that begins at byte {} is not closed, expected a '\"'",
                       at - line_.begin + 1);
  } else if (byte == '\\') {
    what = fmt::format(
        "found {}, expected an escape of JSON: one of \\\" \\\\ \\/ \\b \\f \\n \\r \\t or \\u and "
        "four hexadecimal digits",
        quote(between(scan.end, std::min<const char*>(scan.end + 6, line_.end))));
  } else if (byte < 0x80) {
    what =
        fmt::format("found the control character 0x{:02X} in a text, expected the escape \\u{:04X}",
                    byte,
                    byte);
  } else {
    what = fmt::format("found the byte 0x{:02X}, which is not UTF-8 here, expected a text in UTF-8",
                       byte);
  }
  fault_ = {.byte = static_cast<std::size_t>(scan.end - line_.begin) + 1, .what = std::move(what)};
  return nullptr;
}

char* Scanner::text(char* at, std::string_view& text) {
  bool escaped = false;
  char* const begin = at + 1;
  char* const end = text_end(at, escaped);
  if (end == nullptr) {
    return nullptr;
  }
  text = between(begin, end);
  if (escaped) {
    if (keep_text_ && !changed_) {
      original_.clear();
      original_.append(line_.text());
      changed_ = true;
    }
    text = between(begin, unescape(begin, end));
  }
  return end + 1;
}

char* Scanner::skip(char* at, unsigned depth) {
  if (*at == '"') {
    bool escaped = false;
    char* const end = text_end(at, escaped);
    return end == nullptr ? nullptr : end + 1;
  }
  if (*at == '[' || *at == '{') {
    if (depth == kMaxDepth) {
      return fail_syntax(at,
                         fmt::format("no more than {} arrays and objects in each other", depth));
    }
    return *at == '[' ? skip_array(at, depth + 1) : skip_object(at, depth + 1);
  }
  if (char* const end = number_end(at); end != nullptr) {
    return end;
  }
  for (const std::string_view word : kWords) {
    if (is_word(at, word)) {
      return at + word.size();
    }
  }
  return fail_syntax(at, "a value of JSON");
}

char* Scanner::skip_array(char* at, unsigned depth) {
  at = skip_blanks(at + 1);
  if (*at == ']') {
    return at + 1;
  }
  while (true) {
    at = skip(at, depth);
    if (at == nullptr) {
      return nullptr;
    }
    at = skip_blanks(at);
    if (*at == ']') {
      return at + 1;
    }
    if (*at != ',') {
      return fail_syntax(at, "',' or ']'");
    }
    at = skip_blanks(at + 1);
  }
}

char* Scanner::skip_object(char* at, unsigned depth) {
  at = skip_blanks(at + 1);
  if (*at == '}') {
    return at + 1;
  }
  while (true) {
    bool escaped = false;
    at = *at == '"' ? text_end(at, escaped) : fail_syntax(at, "a key between quotes");
    if (at == nullptr) {
      return nullptr;
    }
    at = skip_blanks(at + 1);
    if (*at != ':') {
      return fail_syntax(at, "':'");
    }
    at = skip(skip_blanks(at + 1), depth);
    if (at == nullptr) {
      return nullptr;
    }
    at = skip_blanks(at);
    if (*at == '}') {
      return at + 1;
    }
    if (*at != ',') {
      return fail_syntax(at, "',' or '}'");
    }
    at = skip_blanks(at + 1);
  }
}

template <typename T>
char* Scanner::any_real(char* at, T& value) {
  if (char* const end = number_end(at); end != nullptr) {
    value = *parse_as(between(at, end), T{});
    return end;
  }
  const bool quoted = *at == '"';
  at += quoted ? 1 : 0;
  for (const std::string_view word : {"NaN", "Infinity", "-Infinity"}) {
    if (is_word(at, word) && (!quoted || at[word.size()] == '"')) {
      value = *parse_as(word, T{});
      return at + word.size() + (quoted ? 1 : 0);
    }
  }
  return nullptr;
}

template char* Scanner::any_real(char* at, float& value);
template char* Scanner::any_real(char* at, double& value);

char* Scanner::long_integer(char* at, Range range, std::int64_t& value) {
  char* const end = number_end(at);
  if (end == nullptr) {
    return nullptr;
  }
  const auto parsed = text_form::parse_integer(between(at, end), range.least, range.most);
  value = parsed.value_or(0);
  return parsed ? end : nullptr;
}

char* Scanner::boolean(char* at, std::int64_t& value) {
  value = *at == 't' || *at == '1' ? 1 : 0;
  for (const std::string_view word : {"true", "false"}) {
    if (is_word(at, word)) {
      return at + word.size();
    }
  }
  return (*at == '0' || *at == '1') && number_end(at) == at + 1 ? at + 1 : nullptr;
}

}  // namespace alinktf::jsonl
