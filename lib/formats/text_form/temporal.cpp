#include "formats/text_form/temporal.hpp"

#include <algorithm>

namespace alinktf::text_form {

namespace {

/// A text that is written piece by piece into a TemporalText.
class Writer {
 public:
  explicit Writer(TemporalText& room) : room_(room) {}

  void put(std::string_view text) { size_ += text.copy(room_.data() + size_, text.size()); }
  void put_two_digits(unsigned value) {
    const std::array<char, 2> digits = {static_cast<char>('0' + value / 10),
                                        static_cast<char>('0' + value % 10)};
    put({digits.data(), digits.size()});
  }
  [[nodiscard]] std::string_view text() const { return {room_.data(), size_}; }

 private:
  TemporalText& room_;
  std::size_t size_ = 0;
};

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

/// Take a number of `least` to `most` digits off the front of `text`.
std::optional<unsigned> take_number(std::string_view& text, std::size_t least, std::size_t most) {
  unsigned value = 0;
  std::size_t digits = 0;
  for (; digits < most && digits < text.size() && is_digit(text[digits]); ++digits) {
    value = value * 10 + static_cast<unsigned>(text[digits] - '0');
  }
  if (digits < least) {
    return std::nullopt;
  }
  text.remove_prefix(digits);
  return value;
}

bool take(std::string_view& text, char c) {
  if (!text.starts_with(c)) {
    return false;
  }
  text.remove_prefix(1);
  return true;
}

unsigned days_in_month(unsigned year, unsigned month) {
  constexpr std::array<unsigned, 12> kDays = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  const bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
  return kDays[month - 1] + (month == 2 && leap ? 1 : 0);
}

bool take_date(std::string_view& text, Writer& out) {
  const std::string_view year_text = text.substr(0, 4);
  const auto year = take_number(text, 4, 4);
  if (!year || !take(text, '-')) {
    return false;
  }
  const auto month = take_number(text, 1, 2);
  if (!month || *month < 1 || *month > 12 || !take(text, '-')) {
    return false;
  }
  const auto day = take_number(text, 1, 2);
  if (!day || *day < 1 || *day > days_in_month(*year, *month)) {
    return false;
  }
  out.put(year_text);
  out.put("-");
  out.put_two_digits(*month);
  out.put("-");
  out.put_two_digits(*day);
  return true;
}

bool take_time(std::string_view& text, Writer& out) {
  constexpr std::array<unsigned, 3> kLimits = {24, 60, 60};
  for (std::size_t i = 0; i < kLimits.size(); ++i) {
    if (i != 0 && !take(text, ':')) {
      return false;
    }
    const auto number = take_number(text, 1, 2);
    if (!number || *number >= kLimits[i]) {
      return false;
    }
    out.put(i == 0 ? "" : ":");
    out.put_two_digits(*number);
  }
  return true;
}

/// The fraction of a second; ".0" if there is none.
bool take_fraction(std::string_view& text, Writer& out) {
  constexpr std::size_t kMostDigits = 9;
  std::string_view digits = "0";
  if (take(text, '.')) {
    digits = text;
    if (text.empty() || text.size() > kMostDigits ||
        !std::all_of(text.begin(), text.end(), is_digit)) {
      return false;
    }
    text = {};
    while (digits.size() > 1 && digits.back() == '0') {
      digits.remove_suffix(1);
    }
  }
  out.put(".");
  out.put(digits);
  return true;
}

/// `text` if it is what has been written, so that callers need not keep the room.
std::string_view prefer(std::string_view text, const Writer& written) {
  return text == written.text() ? text : written.text();
}

}  // namespace

std::optional<std::string_view> parse_date(std::string_view text, TemporalText& room) {
  Writer out(room);
  std::string_view rest = text;
  if (!take_date(rest, out) || !rest.empty()) {
    return std::nullopt;
  }
  return prefer(text, out);
}

std::optional<std::string_view> parse_time(std::string_view text, TemporalText& room) {
  Writer out(room);
  std::string_view rest = text;
  if (!take_time(rest, out) || !rest.empty()) {
    return std::nullopt;
  }
  return prefer(text, out);
}

std::optional<std::string_view> parse_timestamp(std::string_view text, TemporalText& room) {
  Writer out(room);
  std::string_view rest = text;
  if (!take_date(rest, out) || !take(rest, ' ')) {
    return std::nullopt;
  }
  out.put(" ");
  if (!take_time(rest, out) || !take_fraction(rest, out) || !rest.empty()) {
    return std::nullopt;
  }
  return prefer(text, out);
}

}  // namespace alinktf::text_form
