// The part of Scanner that looks at many rows at once: it cuts text into blocks of whole rows.
#include "formats/csv/scanner.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <numeric>

namespace alinktf::csv {

namespace {

const char* find_byte(const char* at, const char* end, char c) {
  return static_cast<const char*>(std::memchr(at, c, static_cast<std::size_t>(end - at)));
}

const char* find_last_byte(const char* at, const char* end, char c) {
  return static_cast<const char*>(::memrchr(at, c, static_cast<std::size_t>(end - at)));
}

/// The last row end of a text. Stray quotes and what closes them stay in one piece, so that whoever
/// reads it can say where they are.
class LastRowEnd {
 public:
  void set(const char* end) { last_ = end; }
  /// Row ends from here to `closing` do not count as the last one.
  void hold(const char* closing) {
    if (hold_ == nullptr || last_ > hold_) {
      safe_ = last_;
    }
    hold_ = std::max(hold_, closing);
  }
  [[nodiscard]] const char* get() const {
    return hold_ != nullptr && last_ <= hold_ ? safe_ : last_;
  }

 private:
  const char* last_ = nullptr;
  const char* safe_ = nullptr;  // the last one before those that do not count
  const char* hold_ = nullptr;
};

}  // namespace

std::uint64_t count_byte(const char* at, const char* end, char c) {
  // A counter of one byte for each lane, so that the compiler makes vector instructions of it.
  constexpr std::size_t kLanes = 32;
  constexpr std::ptrdiff_t kMostRounds = 255;  // that such a counter can count
  std::uint64_t count = 0;
  while (end - at >= static_cast<std::ptrdiff_t>(kLanes)) {
    const auto rounds = std::min(kMostRounds, (end - at) / static_cast<std::ptrdiff_t>(kLanes));
    std::array<std::uint8_t, kLanes> counts{};
    for (std::ptrdiff_t round = 0; round < rounds; ++round, at += kLanes) {
      for (std::size_t lane = 0; lane < kLanes; ++lane) {
        counts[lane] = static_cast<std::uint8_t>(counts[lane] + (at[lane] == c ? 1 : 0));
      }
    }
    count += std::accumulate(counts.begin(), counts.end(), std::uint64_t{0});
  }
  return count + static_cast<std::uint64_t>(std::count(at, end, c));
}

std::uint64_t Scanner::count_row_delimiters(const char* at, const char* end) const {
  if (row_delimiter_.size() == 1) {
    return count_byte(at, end, row_delimiter_[0]);
  }
  std::string_view text(at, static_cast<std::size_t>(end - at));
  std::uint64_t count = 0;
  for (std::size_t found = 0; (found = text.find(row_delimiter_)) != std::string_view::npos;
       ++count) {
    text.remove_prefix(found + row_delimiter_.size());
  }
  return count;
}

Scanner::Quotes Scanner::pass_quotes(const char* open, const char* end, bool is_last) const {
  const char* closing = nullptr;
  const QuoteEnd found = quote_end(open, open + 1, end, is_last, closing);
  if (found == QuoteEnd::kClosed || (found == QuoteEnd::kStray && !recovers_)) {
    return {.next = closing + 1};
  }
  const bool broken = recovers_ && found != QuoteEnd::kMore;
  return {.next = broken ? line_end(open, end) : nullptr,
          .closing = found == QuoteEnd::kStray ? closing : nullptr,
          .broken = broken};
}

const char* Scanner::last_row_end_by_quotes(const char* begin,
                                            const char* end,
                                            bool is_last) const {
  const char row_end = row_delimiter_[0];
  LastRowEnd last;
  const char* plain = begin;  // no quotes with a row delimiter in them from here to `at`
  const auto find_last = [&](const char* to) {
    const char* const found = find_last_byte(plain, to, row_end);
    if (found != nullptr) {
      last.set(found + 1);
    }
  };
  const char* at = begin;
  const char* open = nullptr;
  while (has_quote_ && (open = find_byte(at, end, quote_)) != nullptr) {
    if (open != begin && open[-1] != field_delimiter_[0] && open[-1] != row_end) {
      at = open + 1;  // not at the start of a field
      continue;
    }
    const Quotes quotes = pass_quotes(open, end, is_last);
    if (quotes.next == nullptr) {
      end = open;  // What comes after is not a whole row yet.
      break;
    }
    if (quotes.broken || find_byte(open, quotes.next, row_end) != nullptr) {
      find_last(open);
      plain = quotes.next;
    }
    if (quotes.broken) {
      if (quotes.closing != nullptr) {
        last.hold(quotes.closing);
      }
      last.set(quotes.next);
    }
    at = quotes.next;
  }
  find_last(end);
  return last.get();
}

const char* Scanner::last_row_end_by_fields(const char* begin,
                                            const char* end,
                                            bool is_last) const {
  LastRowEnd last;
  for (const char* at = begin; at != end;) {
    Field found = field(at, end, is_last);
    if (found.end == FieldEnd::kStray && !recovers_) {
      found = until_delimiter(found, at, at + found.text.size(), end);
    }
    if (found.end == FieldEnd::kMore || (found.end == FieldEnd::kUnbalanced && !recovers_)) {
      break;
    }
    if (found.end == FieldEnd::kStray) {
      last.hold(at + found.text.size());
    }
    at = found.next;
    if (found.end != FieldEnd::kField) {
      last.set(at);
    }
  }
  return last.get();
}

WholeRows Scanner::whole_rows(const char* begin, const char* end, bool is_last) const {
  if (begin == end) {
    return {};
  }
  const bool bytes = field_delimiter_.size() == 1 && row_delimiter_.size() == 1;
  const char* const last = bytes ? last_row_end_by_quotes(begin, end, is_last)
                                 : last_row_end_by_fields(begin, end, is_last);
  return {.end = last, .lines = last == nullptr ? 0 : count_row_delimiters(begin, last)};
}

}  // namespace alinktf::csv
