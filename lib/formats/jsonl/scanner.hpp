// The tokens of one line, and what is wrong with it.
#pragma once

#include "base/bytes.hpp"
#include "formats/jsonl/text.hpp"
#include "formats/jsonl/window.hpp"
#include "formats/text_form/plain_number.hpp"

#include <cstdint>
#include <cstring>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

namespace alinktf::jsonl {

/// Why a line is bad.
struct Fault {
  /// From 1; 0 if the syntax is good and a value does not fit its column.
  std::size_t byte = 0;
  std::string what;  ///< "found …, expected …"
};

/// The integers that are allowed.
struct Range {
  std::int64_t least;
  std::int64_t most;
};

template <typename T>
constexpr Range range_of() {
  return {.least = std::numeric_limits<T>::min(), .most = std::numeric_limits<T>::max()};
}

/// The first byte from `at` on that is no blank. Ends at a line feed.
inline char* skip_blanks(char* at) {
  while (*at == ' ' || *at == '\t' || *at == '\r') {
    ++at;
  }
  return at;
}

/// Goes over the tokens of a line. Functions that take a position return the position behind what
/// they have read; nullptr if it is not there.
class Scanner {
 public:
  /// Arrays and objects may lie in each other so deep.
  static constexpr unsigned kMaxDepth = 100;

  /// `keep_text` for an original() that is worth its copies.
  explicit Scanner(bool keep_text) : keep_text_(keep_text) {}

  /// From here on `line` is read.
  void begin(const Line& line) {
    line_ = line;
    changed_ = false;
    fault_ = {};
  }

  [[nodiscard]] const Line& line() const { return line_; }
  /// The line as it was before texts were freed of their escapes, if it may be wanted.
  [[nodiscard]] std::string_view original() const {
    return changed_ ? original_.view() : line_.text();
  }
  [[nodiscard]] const Fault& fault() const { return fault_; }
  /// The line is good all the same.
  void forgive() { fault_ = {}; }

  /// The line is bad: something else than `expected` stands at `at`. Returns nullptr.
  char* fail_syntax(const char* at, std::string_view expected);
  /// The value at `at` is no `expected`; or it is not even JSON, and that is what is wrong then.
  /// `where` stands behind the value: " in row 2". Returns nullptr.
  char* fail_value(char* at, std::string_view expected, std::string_view where = {});
  /// The line is bad for a reason of its own. Returns nullptr.
  char* fail(std::string what);

  /// Any value, `depth` arrays and objects deep. Sets the fault.
  char* skip(char* at, unsigned depth = 0);
  /// A string: without its quotes, freed of escapes in place. Sets the fault.
  char* text(char* at, std::string_view& text);

  /// A number, or NaN, Infinity or -Infinity, bare or between quotes. Sets no fault.
  template <typename T>
  char* real(char* at, T& value) {
    if (has_plain_form(at)) {
      const char* const end = text_form::scan_real(at, value);
      if (end != nullptr) {
        return at + (end - at);
      }
    }
    return any_real(at, value);
  }

  /// A number without fraction and exponent that is in range. Sets no fault.
  char* integer(char* at, Range range, std::int64_t& value) {
    const char* const end = text_form::scan_integer(at, value);
    if (end == nullptr || *end == '.' || (*end | 0x20) == 'e' || !has_plain_form(at)) {
      return long_integer(at, range, value);
    }
    return value >= range.least && value <= range.most ? at + (end - at) : nullptr;
  }

  /// true, false, 1 or 0. Sets no fault.
  static char* boolean(char* at, std::int64_t& value);

  /// `word`, whatever follows. Reads up to kPadding bytes.
  static bool is_word(const char* at, std::string_view word) {
    return std::memcmp(at, word.data(), word.size()) == 0;
  }

 private:
  /// True if what scan_real() and scan_integer() take at `at` is a number in JSON: they know no
  /// leading zeros, and digits on both sides of a point.
  static bool has_plain_form(const char* at) {
    at += *at == '-' ? 1 : 0;
    const char* const first = at;
    while (text_form::plain::is_digit(*at)) {
      ++at;
    }
    return at != first && (*first != '0' || at - first == 1) &&
           (*at != '.' || text_form::plain::is_digit(at[1]));
  }

  template <typename T>
  static char* any_real(char* at, T& value);
  static char* long_integer(char* at, Range range, std::int64_t& value);
  char* text_end(char* at, bool& escaped);
  char* skip_array(char* at, unsigned depth);
  char* skip_object(char* at, unsigned depth);
  [[nodiscard]] std::string found_at(const char* at) const;

  Line line_;
  bool keep_text_;
  bool changed_ = false;
  Buffer original_;
  Fault fault_;
};

/// The end of the JSON number at `at`, or nullptr.
char* number_end(char* at);

}  // namespace alinktf::jsonl
