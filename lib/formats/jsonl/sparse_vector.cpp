// The part of NestedParser that reads sparse vectors.
#include "base/text.hpp"
#include "formats/jsonl/nested.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

namespace alinktf::jsonl {

using table::Cell;
using table::NestedView;

/// An object that stands for a sparse vector, and which of its members have been read.
struct NestedParser::Sparse {
  std::int64_t size = NestedView::kUnknownSize;
  bool has_size = false;
  bool has_indices = false;
  bool has_values = false;

  /// Whether the member called `name` has been read; nullptr if there is none.
  bool* member(std::string_view name) {
    if (name == "size") {
      return &has_size;
    }
    return name == "indices" ? &has_indices : name == "values" ? &has_values : nullptr;
  }
};

char* NestedParser::sparse_vector(char* at, Cell& cell) {
  if (*at != '{') {
    return scanner_.fail_value(
        at, R"(an object such as {"size":4,"indices":[0,2],"values":[1.0,3.0]})");
  }
  positions_.clear();
  reals_.clear();
  Sparse sparse;
  at = skip_blanks(at + 1);
  while (*at != '}') {
    at = sparse_member(at, sparse);
    if (at == nullptr) {
      return nullptr;
    }
    at = skip_blanks(at);
    if (*at == ',') {
      at = skip_blanks(at + 1);
    } else if (*at != '}') {
      return scanner_.fail_syntax(at, "',' or '}'");
    }
  }
  if (!sparse.has_indices || !sparse.has_values) {
    return scanner_.fail(
        fmt::format("found a sparse vector without \"{}\", expected both "
                    "\"indices\" and \"values\"",
                    sparse.has_indices ? "values" : "indices"));
  }
  if (!sort_positions(sparse)) {
    return nullptr;
  }
  table::append_sparse_vector(packed_, sparse.size, positions_, reals_);
  return keep(cell) ? at + 1 : nullptr;
}

/// One key and its value.
char* NestedParser::sparse_member(char* at, Sparse& sparse) {
  if (*at != '"') {
    return scanner_.fail_syntax(at, "a key between quotes");
  }
  char* const key = at;
  std::string_view name;
  at = scanner_.text(at, name);
  if (at == nullptr) {
    return nullptr;
  }
  at = skip_blanks(at);
  if (*at != ':') {
    return scanner_.fail_syntax(at, "':'");
  }
  at = skip_blanks(at + 1);
  bool* const seen = sparse.member(name);
  if (seen == nullptr || *seen) {
    return scanner_.fail(fmt::format(
        R"(found the key {} at byte {}, expected "size", "indices" and "values", each once)",
        quote(name),
        key - scanner_.line().begin + 1));
  }
  *seen = true;
  constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();
  if (name == "size") {
    if (Scanner::is_word(at, "null")) {
      return at + 4;
    }
    char* const end =
        scanner_.integer(at, {.least = NestedView::kUnknownSize, .most = kMost}, sparse.size);
    return end == nullptr ? fail_item(at, "a vector's size, or null or -1 if it is unknown") : end;
  }
  if (*at != '[') {
    return fail_item(at, "an array of numbers");
  }
  std::size_t count = 0;
  if (name == "values") {
    return items(at, count, [this](char* item) {
      char* const end = scanner_.real(item, reals_.emplace_back());
      return end == nullptr ? fail_item(item, "a number") : end;
    });
  }
  return items(at, count, [this](char* item) {
    char* const end =
        scanner_.integer(item, {.least = 0, .most = kMost - 1}, positions_.emplace_back());
    return end == nullptr ? fail_item(item, "an index, from 0 on") : end;
  });
}

/// Bring indices and values into ascending order. False with a fault if they do not make a vector.
bool NestedParser::sort_positions(const Sparse& sparse) {
  if (positions_.size() != reals_.size()) {
    scanner_.fail(fmt::format("found {} indices and {} values, expected as many of both",
                              positions_.size(),
                              reals_.size()));
    return false;
  }
  if (!std::is_sorted(positions_.begin(), positions_.end())) {
    std::vector<std::pair<std::int64_t, double>> entries;
    std::transform(positions_.begin(),
                   positions_.end(),
                   reals_.begin(),
                   std::back_inserter(entries),
                   [](std::int64_t position, double value) { return std::pair(position, value); });
    std::stable_sort(entries.begin(), entries.end(), [](const auto& a, const auto& b) {
      return a.first < b.first;
    });
    for (std::size_t i = 0; i < entries.size(); ++i) {
      positions_[i] = entries[i].first;
      reals_[i] = entries[i].second;
    }
  }
  const auto doubled = std::adjacent_find(positions_.begin(), positions_.end());
  if (doubled != positions_.end()) {
    scanner_.fail(fmt::format("found the index {} twice, expected each index once", *doubled));
    return false;
  }
  if (sparse.size != NestedView::kUnknownSize && !positions_.empty() &&
      positions_.back() >= sparse.size) {
    scanner_.fail(fmt::format(
        "found the index {}, expected indices below the size {}", positions_.back(), sparse.size));
    return false;
  }
  return true;
}

}  // namespace alinktf::jsonl
