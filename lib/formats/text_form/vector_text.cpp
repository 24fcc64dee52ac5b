// The part of NestedParser that reads vectors.
#include "formats/text_form/nested_numbers.hpp"
#include "formats/text_form/nested_text.hpp"

#include <algorithm>

namespace alinktf::text_form {

namespace {

constexpr std::int64_t kMostPositions = std::numeric_limits<std::int32_t>::max();
/// A dense vector of a sparse text; a short text could ask for any amount of memory.
constexpr std::int64_t kMostDense = std::int64_t{1} << 24U;

/// java.lang.String.trim().
std::string_view java_trim(std::string_view text) {
  const auto is_blank = [](char c) { return static_cast<unsigned char>(c) <= ' '; };
  while (!text.empty() && is_blank(text.front())) {
    text.remove_prefix(1);
  }
  while (!text.empty() && is_blank(text.back())) {
    text.remove_suffix(1);
  }
  return text;
}

}  // namespace

Result<void> NestedParser::read_vector(std::string_view text) {
  text = java_trim(text);
  sparse_ = text.empty() || text.find_first_of(":$") != std::string_view::npos;
  return sparse_ ? read_sparse(text) : read_dense(text);
}

Result<void> NestedParser::read_dense(std::string_view text) {
  values_.clear();
  return for_each_token(
      text, true, [this](std::string_view token, std::size_t readable) -> Result<void> {
        const auto value = parse_token<double>(token, readable);
        if (!value) {
          return bad_token<double>(values_.size(), token);
        }
        values_.push_back(*value);
        return {};
      });
}

Result<void> NestedParser::read_sparse(std::string_view text) {
  entries_.clear();
  size_ = table::NestedView::kUnknownSize;
  if (text.starts_with('$')) {
    const std::size_t end = std::min(text.find('$', 1), text.size());
    const std::string_view size_text = text.substr(1, end - 1);
    const auto size = parse_integer(size_text, 0, kMostPositions);
    if (!size || end == text.size()) {
      return Error(ErrorCode::kInput,
                   fmt::format("its size is {}, expected a whole number from 0 to {} and a '$'",
                               quote(size_text),
                               kMostPositions));
    }
    size_ = *size;
    text.remove_prefix(end + 1);
  }
  ALINKTF_TRY(for_each_token(
      text, true, [this](std::string_view token, std::size_t) { return read_pair(token); }));
  return sort_pairs();
}

Result<void> NestedParser::read_pair(std::string_view token) {
  const std::size_t colon = std::min(token.find(':'), token.size());
  const auto position = parse_integer(token.substr(0, colon), 0, kMostPositions - 1);
  const auto value =
      colon == token.size() ? std::nullopt : parse_token<double>(token.substr(colon + 1), 0);
  if (!position || !value) {
    return Error(ErrorCode::kInput,
                 fmt::format("pair {} is {}, expected POSITION:NUMBER with a position from 0",
                             entries_.size() + 1,
                             quote(token)));
  }
  entries_.emplace_back(*position, *value);
  return {};
}

Result<void> NestedParser::sort_pairs() {
  const auto before = [](const auto& a, const auto& b) { return a.first < b.first; };
  if (!std::is_sorted(entries_.begin(), entries_.end(), before)) {
    std::sort(entries_.begin(), entries_.end(), before);
  }
  const auto twice =
      std::adjacent_find(entries_.begin(), entries_.end(), [](const auto& a, const auto& b) {
        return a.first == b.first;
      });
  if (twice != entries_.end()) {
    return Error(ErrorCode::kInput, fmt::format("position {} stands twice", twice->first));
  }
  if (size_ >= 0 && !entries_.empty() && entries_.back().first >= size_) {
    return Error(
        ErrorCode::kInput,
        fmt::format("position {} is not below its size, {}", entries_.back().first, size_));
  }
  return {};
}

Result<void> NestedParser::make_dense() {
  if (!sparse_) {
    return {};
  }
  const std::int64_t size = size_ >= 0 ? size_ : entries_.empty() ? 0 : entries_.back().first + 1;
  if (size > kMostDense) {
    return Error(ErrorCode::kInput,
                 fmt::format("it has {} values as a dense one, expected at most {}; is a "
                             "SPARSE_VECTOR meant?",
                             size,
                             kMostDense));
  }
  values_.assign(static_cast<std::size_t>(size), 0.0);
  for (const auto& [position, value] : entries_) {
    values_[static_cast<std::size_t>(position)] = value;
  }
  sparse_ = false;
  return {};
}

void NestedParser::make_sparse() {
  if (sparse_) {
    return;
  }
  entries_.clear();
  for (std::size_t i = 0; i < values_.size(); ++i) {
    if (values_[i] != 0) {
      entries_.emplace_back(i, values_[i]);
    }
  }
  size_ = static_cast<std::int64_t>(values_.size());
  sparse_ = true;
}

void NestedParser::append_vector(Buffer& out) {
  if (!sparse_) {
    table::append_dense_vector_head(out, values_.size());
    table::append_values<double>(out, values_);
    return;
  }
  positions_.clear();
  values_.clear();
  for (const auto& [position, value] : entries_) {
    positions_.push_back(position);
    values_.push_back(value);
  }
  table::append_sparse_vector(out, size_, positions_, values_);
}

}  // namespace alinktf::text_form
