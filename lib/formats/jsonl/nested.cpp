#include "formats/jsonl/nested.hpp"

#include "formats/jsonl/element_survey.hpp"

#include <fmt/format.h>

#include <limits>

namespace alinktf::jsonl {

namespace {

using table::Cell;
using table::ColumnType;
using table::Element;

constexpr std::int64_t kUnknown = -1;

template <typename T>
void append_value(T value, Buffer& out) {
  store_le(out.reserve(sizeof value), value);
  out.commit(sizeof value);
}

}  // namespace

char* NestedParser::fail_item(char* at, std::string_view expected) {
  return scanner_.fail_value(
      at, expected, fmt::format(" at byte {}", at - scanner_.line().begin + 1));
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
