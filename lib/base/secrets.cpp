#include "base/secrets.hpp"

#include <algorithm>
#include <array>

namespace alinktf {

namespace {

bool is_letter_or_digit(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

bool is_name(char c) {
  return is_letter_or_digit(c) || c == '_' || c == '-' || c == '.' || c == '/' || c == '%';
}

/// Lower case without what stands between words: "xamzsignature" of "X-Amz-Signature".
std::string squeezed(std::string_view name) {
  std::string out;
  for (const char c : name) {
    if (is_letter_or_digit(c)) {
      out.push_back(c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c);
    }
  }
  return out;
}

/// The part of `text` before `end` that can be a name.
std::string_view name_before(std::string_view text, std::size_t end) {
  std::size_t begin = end;
  while (begin > 0 && is_name(text[begin - 1])) {
    --begin;
  }
  return text.substr(begin, end - begin);
}

std::size_t count_backslashes_before(std::string_view text, std::size_t at) {
  std::size_t count = 0;
  while (count < at && text[at - count - 1] == '\\') {
    ++count;
  }
  return count;
}

/// One pass over a text. Each step copies what is harmless and puts the mask for what is not.
class Masking {
 public:
  explicit Masking(std::string_view text) : text_(text) {}

  std::string run() && {
    while (at_ < text_.size()) {
      const bool done = text_[at_] == '=' ? setting() : text_[at_] == ':' && (address() || json());
      if (!done) {
        copy(1);
      }
    }
    return std::move(out_);
  }

 private:
  void copy(std::size_t size) {
    out_ += text_.substr(at_, size);
    at_ += size;
  }

  void mask_up_to(std::size_t end) {
    out_ += kMask;
    at_ = end;
  }

  /// "://user:password@": the user's name alone may be shown; without a password it may be a token.
  bool address() {
    constexpr std::string_view kStart = "://";
    if (!text_.substr(at_).starts_with(kStart)) {
      return false;
    }
    copy(kStart.size());
    const std::size_t end = std::min(text_.find_first_of("/?#\"' \t\r\n", at_), text_.size());
    const std::size_t host = text_.substr(0, end).rfind('@');
    if (host == std::string_view::npos || host < at_) {
      return true;
    }
    const std::size_t colon = text_.find(':', at_);
    if (colon < host) {
      copy(colon + 1 - at_);
    }
    mask_up_to(host);
    return true;
  }

  /// NAME=VALUE.
  bool setting() {
    std::string_view name = name_before(text_, at_);
    name.remove_prefix(std::min(name.find_last_of("./") + 1, name.size()));
    if (!is_secret_name(name)) {
      return false;
    }
    copy(1);
    const char first = at_ < text_.size() ? text_[at_] : ' ';
    if (opens_brackets(first)) {
      // The whole setting may stand in a JSON text: its first quote tells how deep.
      const std::size_t quote = std::min(text_.find_first_of("\"'", at_), text_.size());
      mask_up_to(end_of_brackets(count_backslashes_before(text_, quote)));
      return true;
    }
    const bool quoted = first == '"' || first == '\'';
    const std::size_t begin = quoted ? at_ + 1 : at_;
    const std::size_t end =
        std::min(quoted ? text_.find(first, begin) : text_.find_first_of(" \t\r\n&#\"'<>)", begin),
                 text_.size());
    if (end > begin) {
      copy(begin - at_);
      mask_up_to(end);
    }
    return true;
  }

  /// "NAME": VALUE, where the quotes may be those of a JSON text inside a JSON string. We stand at
  /// the colon.
  bool json() {
    std::size_t close = at_;
    while (close > 0 && text_[close - 1] == ' ') {
      --close;
    }
    if (close == 0 || (text_[close - 1] != '"' && text_[close - 1] != '\'')) {
      return false;
    }
    const char quote = text_[--close];
    const std::size_t end = close - count_backslashes_before(text_, close);
    const std::size_t open = end == 0 ? std::string_view::npos : text_.rfind(quote, end - 1);
    if (open == std::string_view::npos || !is_secret_name(text_.substr(open + 1, end - open - 1))) {
      return false;
    }
    copy(std::min(text_.find_first_not_of(' ', at_ + 1), text_.size()) - at_);
    json_value(close - end);
    return true;
  }

  /// A string whose quotes have `depth` backslashes before them, a number, or a list or object with
  /// all that is in it; others stay.
  void json_value(std::size_t depth) {
    const std::size_t open = at_ + depth;
    if (open < text_.size() && (text_[open] == '"' || text_[open] == '\'')) {
      const std::size_t close = closing_quote(open, depth);
      copy(depth + 1);
      mask_up_to(close == text_.size() ? close : close - depth);
      return;
    }
    if (at_ < text_.size() && opens_brackets(text_[at_])) {
      const std::string quote = std::string(depth, '\\') + '"';  // what was JSON stays JSON
      out_ += quote;
      mask_up_to(end_of_brackets(depth));
      out_ += quote;
      return;
    }
    const std::size_t end = std::min(text_.find_first_not_of("+-.0123456789eE", at_), text_.size());
    if (end > at_) {
      mask_up_to(end);
    }
  }

  static bool opens_brackets(char c) { return c == '[' || c == '{'; }

  /// Behind the list or object that begins here, whose quotes have `depth` backslashes before them;
  /// where the text or the string around it ends, if that comes first.
  [[nodiscard]] std::size_t end_of_brackets(std::size_t depth) const {
    std::size_t open = 0;
    for (std::size_t at = at_; at < text_.size(); ++at) {
      const char c = text_[at];
      if (opens_brackets(c)) {
        ++open;
      } else if (c == ']' || c == '}') {
        if (--open == 0) {
          return at + 1;
        }
      } else if (c == '"' || c == '\'') {
        if (count_backslashes_before(text_, at) < depth) {
          return at;
        }
        at = closing_quote(at, depth);
      }
    }
    return text_.size();
  }

  /// Where the string that the quote at `open` begins is closed; the text's end if it is not.
  [[nodiscard]] std::size_t closing_quote(std::size_t open, std::size_t depth) const {
    std::size_t close = text_.find(text_[open], open + 1);
    while (close != std::string_view::npos && !closes(close, depth)) {
      close = text_.find(text_[open], close + 1);
    }
    return std::min(close, text_.size());
  }

  /// Each backslash of the string itself has become 2 (depth + 1) of them.
  [[nodiscard]] bool closes(std::size_t quote, std::size_t depth) const {
    const std::size_t count = count_backslashes_before(text_, quote);
    return count >= depth && (count - depth) % (2 * (depth + 1)) == 0;
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::string out_;
};

}  // namespace

bool is_secret_name(std::string_view name) {
  constexpr std::array<std::string_view, 9> kParts{"password",
                                                   "passwd",
                                                   "passphrase",
                                                   "secret",
                                                   "accesskey",
                                                   "apikey",
                                                   "privatekey",
                                                   "credential",
                                                   "signature"};
  constexpr std::array<std::string_view, 5> kWhole{"sig", "pwd", "auth", "authorization", "sas"};
  // "signature" is in the names of keys that describe models: these are no secrets.
  constexpr std::array<std::string_view, 2> kHarmless{"signaturedef", "signaturekey"};
  const std::string plain = squeezed(name);
  const auto contains = [&](std::string_view part) {
    return plain.find(part) != std::string::npos;
  };
  if (std::any_of(kHarmless.begin(), kHarmless.end(), contains)) {
    return false;
  }
  return std::any_of(kParts.begin(), kParts.end(), contains) || plain.ends_with("token") ||
         std::find(kWhole.begin(), kWhole.end(), plain) != kWhole.end();
}

std::string mask_secrets(std::string_view text) {
  return Masking(text).run();
}

}  // namespace alinktf
