#include "formats/jsonl/nested.hpp"

#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <numeric>

namespace alinktf::jsonl {

namespace {

using table::Cell;
using table::ColumnType;
using table::Element;
using table::NestedView;

constexpr std::int64_t kUnknown = -1;

/// What kinds of values stand in a tensor.
struct Kinds {
  bool numbers = false;
  bool fractions = false;
  bool booleans = false;
  bool texts = false;

  [[nodiscard]] Element element() const {
    if (numbers) {
      return fractions ? Element::kDouble : Element::kLong;
    }
    return texts ? Element::kString : booleans ? Element::kBoolean : Element::kDouble;
  }
};

/// Note the kind of the number or word at `at`: its end. Anything else is skipped.
const char* survey_word(const char* at, Kinds& kinds) {
  constexpr std::string_view kNumber = "0123456789+-.eE";
  const char* const first = at;
  if (text_form::plain::is_digit(*at) || *at == '-' || *at == 'N' || *at == 'I') {
    kinds.numbers = true;
    for (; kNumber.find(*at) != std::string_view::npos; ++at) {
      kinds.fractions = kinds.fractions || *at == '.' || *at == 'e' || *at == 'E';
    }
    kinds.fractions = kinds.fractions || *at == 'N' || *at == 'I';
  }
  kinds.booleans = kinds.booleans || *at == 't' || *at == 'f';
  while ((*at | 0x20) >= 'a' && (*at | 0x20) <= 'z') {
    ++at;
  }
  return at == first ? at + 1 : at;
}

/// What the values of the tensor at `at` are, if it is one.
Element survey(char* at, const char* end) {
  Kinds kinds;
  std::size_t depth = 0;
  while (at != end) {
    if (*at == '[') {
      ++depth;
      ++at;
    } else if (*at == ']') {
      --depth;
      ++at;
    } else if (*at == '"') {
      kinds.texts = true;
      const TextScan text = scan_text(at + 1, end);
      at = text.valid ? text.end + 1 : text.end;
    } else if (*at == ',' || *at == ' ' || *at == '\t' || *at == '\r') {
      ++at;
    } else {
      at += survey_word(at, kinds) - at;
    }
    if (depth == 0) {
      break;
    }
  }
  return kinds.element();
}

template <typename T>
void append_value(T value, Buffer& out) {
  store_le(out.reserve(sizeof value), value);
  out.commit(sizeof value);
}

}  // namespace

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

char* NestedParser::fail_item(char* at, std::string_view expected) {
  return scanner_.fail_value(
      at, expected, fmt::format(" at byte {}", at - scanner_.line().begin + 1));
}

/// Calls `item` at each value of the array at `at`; it returns the value's end. Counts them.
template <typename Item>
char* NestedParser::items(char* at, std::size_t& count, Item&& item) {
  count = 0;
  at = skip_blanks(at + 1);
  if (*at == ']') {
    return at + 1;
  }
  while (true) {
    at = item(at);
    if (at == nullptr) {
      return nullptr;
    }
    ++count;
    at = skip_blanks(at);
    if (*at == ']') {
      return at + 1;
    }
    if (*at != ',') {
      return scanner_.fail_syntax(at, "',' or ']'");
    }
    at = skip_blanks(at + 1);
  }
}

/// Make a cell of what has been packed. False if it is too much for one.
bool NestedParser::keep(Cell& cell) {
  if (packed_.size() > std::numeric_limits<std::uint32_t>::max()) {
    scanner_.fail(fmt::format("found a value of {} bytes in memory, expected less than 4 GiB",
                              packed_.size()));
    return false;
  }
  cell = Cell::of_bytes(arena_.keep(packed_.view()));
  return true;
}

char* NestedParser::parse(char* at, ColumnType type, Cell& cell) {
  packed_.clear();
  values_.clear();
  switch (type) {
    case ColumnType::kVector:
      return *at == '[' ? dense_vector(at, cell) : sparse_vector(at, cell);
    case ColumnType::kDenseVector:
      return *at == '['
                 ? dense_vector(at, cell)
                 : scanner_.fail_value(at,
                                       "an array of numbers such as [1.0,2.5]; for objects make "
                                       "the column a VECTOR or SPARSE_VECTOR");
    case ColumnType::kSparseVector:
      return sparse_vector(at, cell);
    default:
      const auto element = table::element_of(type);
      return tensor(at, element ? *element : survey(at, scanner_.line().end), cell);
  }
}

char* NestedParser::dense_vector(char* at, Cell& cell) {
  std::size_t count = 0;
  at = items(at, count, [this](char* item) { return real_value<double>(item); });
  if (at == nullptr) {
    return nullptr;
  }
  table::append_dense_vector_head(packed_, count);
  packed_.append(values_.view());
  return keep(cell) ? at : nullptr;
}

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

char* NestedParser::tensor(char* at, Element element, Cell& cell) {
  element_ = element;
  dims_.clear();
  rank_ = 0;
  texts_.clear();
  at = *at == '[' ? tensor_level(at, 0) : tensor_value(at);
  if (at == nullptr) {
    return nullptr;
  }
  table::append_tensor_head(packed_, element, dims_);
  if (element == Element::kString) {
    table::append_texts(packed_, texts_);
  } else {
    packed_.append(values_.view());
  }
  return keep(cell) ? at : nullptr;
}

/// The array at `at`, which lies in `depth` others.
char* NestedParser::tensor_level(char* at, std::size_t depth) {
  if (depth == Scanner::kMaxDepth) {
    return scanner_.fail_syntax(at, fmt::format("no more than {} arrays in each other", depth));
  }
  if (depth == dims_.size()) {
    dims_.push_back(kUnknown);
  }
  char* const begin = at;
  std::size_t count = 0;
  at = items(at, count, [this, depth](char* item) { return tensor_item(item, depth); });
  if (at == nullptr) {
    return nullptr;
  }
  if (count == 0 && rank_ == 0) {
    rank_ = depth + 1;
  }
  const auto length = static_cast<std::int64_t>(count);
  if (dims_[depth] != kUnknown && dims_[depth] != length) {
    return scanner_.fail(
        fmt::format("found an array of {} values at byte {}, expected {} as in "
                    "those before it",
                    count,
                    begin - scanner_.line().begin + 1,
                    dims_[depth]));
  }
  dims_[depth] = length;
  return at;
}

/// What stands in an array that lies in `depth` others: a value, or another array.
char* NestedParser::tensor_item(char* at, std::size_t depth) {
  if (*at == '[') {
    return rank_ == depth + 1 ? fail_item(at, "a value, as the others here")
                              : tensor_level(at, depth + 1);
  }
  if (rank_ == 0) {
    rank_ = depth + 1;
  }
  return rank_ == depth + 1 ? tensor_value(at) : fail_item(at, "an array, as the others here");
}

char* NestedParser::tensor_value(char* at) {
  switch (element_) {
    case Element::kFloat:
      return real_value<float>(at);
    case Element::kDouble:
      return real_value<double>(at);
    case Element::kInt:
      return integer_value<std::int32_t>(at);
    case Element::kLong:
      return integer_value<std::int64_t>(at);
    case Element::kByte:
      return integer_value<std::int8_t>(at);
    case Element::kUbyte:
      return integer_value<std::uint8_t>(at);
    case Element::kBoolean:
      return boolean_value(at);
    default:
      return text_value(at);
  }
}

template <typename T>
char* NestedParser::real_value(char* at) {
  T value = 0;
  char* const end = scanner_.real(at, value);
  if (end == nullptr) {
    return fail_item(at, "a number");
  }
  append_value(value, values_);
  return end;
}

template <typename T>
char* NestedParser::integer_value(char* at) {
  constexpr Range kRange = range_of<T>();
  std::int64_t value = 0;
  char* const end = scanner_.integer(at, kRange, value);
  if (end == nullptr) {
    return fail_item(at, fmt::format("a whole number from {} to {}", kRange.least, kRange.most));
  }
  append_value(static_cast<T>(value), values_);
  return end;
}

char* NestedParser::boolean_value(char* at) {
  std::int64_t value = 0;
  char* const end = Scanner::boolean(at, value);
  if (end == nullptr) {
    return fail_item(at, "true or false");
  }
  append_value(static_cast<std::uint8_t>(value), values_);
  return end;
}

char* NestedParser::text_value(char* at) {
  if (Scanner::is_word(at, "null")) {
    texts_.emplace_back();
    return at + 4;
  }
  return *at == '"' ? scanner_.text(at, texts_.emplace_back())
                    : fail_item(at, "a text between quotes, or null");
}

}  // namespace alinktf::jsonl
