#include "formats/csv/scanner.hpp"

#include "base/bytes.hpp"

#include <algorithm>
#include <bit>
#include <cstring>

namespace alinktf::csv {

namespace {

constexpr std::uint64_t kOnes = 0x0101010101010101U;
constexpr std::uint64_t kHighs = 0x8080808080808080U;

/// The high bit of every byte of `word` that is zero; bytes above the first may be set in error.
constexpr std::uint64_t zero_bytes(std::uint64_t word) {
  return (word - kOnes) & ~word & kHighs;
}

constexpr std::uint64_t repeated(char c) {
  return kOnes * static_cast<unsigned char>(c);
}

}  // namespace

const char* find_either(const char* at, const char* end, char a, char b) {
  const std::uint64_t as = repeated(a);
  const std::uint64_t bs = repeated(b);
  for (; end - at >= 8; at += 8) {
    const auto word = load_le<std::uint64_t>(at);
    const std::uint64_t hits = zero_bytes(word ^ as) | zero_bytes(word ^ bs);
    if (hits != 0) {
      return at + std::countr_zero(hits) / 8;
    }
  }
  while (at != end && *at != a && *at != b) {
    ++at;
  }
  return at;
}

Scanner::Scanner(const Options& options)
    : field_delimiter_(options.field_delimiter),
      row_delimiter_(options.row_delimiter),
      has_quote_(options.quote_char.has_value()),
      quote_(options.quote_char.value_or('\0')),
      recovers_(options.bad_rows != nullptr),
      max_quoted_bytes_(recovers_ ? options.max_quoted_bytes : SIZE_MAX) {}

const char* Scanner::closing_quote(const char* at, const char* stop, const char* end) const {
  while (at < stop) {
    const void* const found = std::memchr(at, quote_, static_cast<std::size_t>(stop - at));
    if (found == nullptr) {
      return nullptr;
    }
    at = static_cast<const char*>(found);
    if (at + 1 == end || at[1] != quote_) {
      return at;
    }
    at += 2;
  }
  return nullptr;
}

bool Scanner::at_delimiter(const char* at, const char* end) const {
  if (drops_carriage_return() && at != end && *at == '\r' && at_row_delimiter(at + 1, end)) {
    return true;
  }
  return at_row_delimiter(at, end) || starts_with(at, end, field_delimiter_);
}

const char* Scanner::line_end(const char* at, const char* end) const {
  const std::string_view text(at, static_cast<std::size_t>(end - at));
  const std::size_t found = text.find(row_delimiter_);
  return found == std::string_view::npos ? nullptr : at + found + row_delimiter_.size();
}

Scanner::QuoteEnd Scanner::quote_end(
    const char* open, const char* at, const char* end, bool is_last, const char*& closing) const {
  const auto left = static_cast<std::size_t>(end - open) - 1;
  const char* const stop = open + 1 + std::min(left, max_quoted_bytes_);
  closing = closing_quote(at, stop, end);
  if (closing == nullptr) {
    closing = end;
    return is_last || left >= max_quoted_bytes_ ? QuoteEnd::kUnbalanced : QuoteEnd::kMore;
  }
  if (closing + 1 == end && !is_last) {
    return QuoteEnd::kMore;  // It may be doubled.
  }
  if (at_delimiter(closing + 1, end) || line_end(open, closing) == nullptr) {
    return QuoteEnd::kClosed;
  }
  const std::size_t most = std::max(field_delimiter_.size(), row_delimiter_.size() + 1);
  const bool is_cut = static_cast<std::size_t>(end - closing) <= most;
  return is_cut && !is_last ? QuoteEnd::kMore : QuoteEnd::kStray;
}

Field Scanner::until_delimiter(Field field,
                               const char* at,
                               const char* from,
                               const char* end) const {
  while ((from = find_either(from, end, field_delimiter_[0], row_delimiter_[0])) != end) {
    const bool row_ends = at_row_delimiter(from, end);
    if (row_ends || starts_with(from, end, field_delimiter_)) {
      field.end = row_ends ? FieldEnd::kRow : FieldEnd::kField;
      field.next = from + (row_ends ? row_delimiter_ : field_delimiter_).size();
      const bool drop = row_ends && drops_carriage_return() && from != at && from[-1] == '\r';
      field.text = {at, static_cast<std::size_t>(from - at) - (drop ? 1 : 0)};
      return field;
    }
    ++from;
  }
  field.end = FieldEnd::kMore;
  return field;
}

Field Scanner::field(const char* at, const char* end, bool is_last) const {
  Field found;
  found.quoted = at != end && is_quote(*at);
  if (!found.quoted) {
    return until_delimiter(found, at, at, end);
  }
  const char* closing = nullptr;
  switch (quote_end(at, at + 1, end, is_last, closing)) {
    case QuoteEnd::kMore:
      return found;
    case QuoteEnd::kUnbalanced:
      return broken(found, FieldEnd::kUnbalanced, at, end, is_last);
    case QuoteEnd::kStray:
      found.text = {at, static_cast<std::size_t>(closing + 1 - at)};
      found.line_breaks = static_cast<std::uint32_t>(count_row_delimiters(at, closing));
      return broken(found, FieldEnd::kStray, at, end, is_last);
    default:
      found.line_breaks = static_cast<std::uint32_t>(count_row_delimiters(at, closing));
      return until_delimiter(found, at, closing + 1, end);
  }
}

Field Scanner::broken(
    Field field, FieldEnd how, const char* at, const char* end, bool is_last) const {
  field.next = line_end(at, end);
  if (field.next == nullptr && is_last) {
    field.next = end;
  }
  field.end = field.next == nullptr ? FieldEnd::kMore : how;
  return field;
}

std::string_view Scanner::without_delimiter(std::string_view row) const {
  if (row.ends_with(row_delimiter_)) {
    row.remove_suffix(row_delimiter_.size());
    row.remove_suffix(drops_carriage_return() && row.ends_with('\r') ? 1 : 0);
  }
  return row;
}

const char* Scanner::step_quoted(const char* row,
                                 const char*& at,
                                 const char* end,
                                 RowProgress& progress) const {
  const char* const open = row + progress.quote;
  const char* closing = nullptr;
  switch (quote_end(open, at, end, false, closing)) {
    case QuoteEnd::kMore:
      at = closing;
      return nullptr;
    case QuoteEnd::kClosed:
      progress.state = RowProgress::State::kPlain;
      return closing + 1;
    default:
      progress.state = RowProgress::State::kBroken;
      return open;
  }
}

const char* Scanner::step_plain(const char*& at, const char* end, RowProgress& progress) const {
  const auto left = static_cast<std::size_t>(end - at);
  if (left < std::max(field_delimiter_.size(), row_delimiter_.size())) {
    return nullptr;  // A longer delimiter may be cut here.
  }
  if (!starts_with(at, end, field_delimiter_)) {
    return at + 1;
  }
  progress.state = RowProgress::State::kFieldStart;
  return at + field_delimiter_.size();
}

bool Scanner::has_row_end(const char* row, const char* end, RowProgress& progress) const {
  using State = RowProgress::State;
  const char* at = row + progress.offset;
  const char* next = at;
  while (next != nullptr && (at = next) != end) {
    switch (progress.state) {
      case State::kFieldStart:
        progress.state = is_quote(*at) ? State::kQuoted : State::kPlain;
        progress.quote = static_cast<std::size_t>(at - row);
        next = at + (is_quote(*at) ? 1 : 0);
        break;
      case State::kQuoted:
        next = step_quoted(row, at, end, progress);
        break;
      case State::kBroken:
        if (line_end(at, end) != nullptr) {
          return true;
        }
        at = std::max(at, end - (row_delimiter_.size() - 1));
        next = nullptr;
        break;
      case State::kPlain:
        at = find_either(at, end, field_delimiter_[0], row_delimiter_[0]);
        if (at_row_delimiter(at, end)) {
          return true;
        }
        next = step_plain(at, end, progress);
        break;
    }
  }
  progress.offset = static_cast<std::size_t>(at - row);
  return false;
}

}  // namespace alinktf::csv
