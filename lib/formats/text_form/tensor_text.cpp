// The part of NestedParser that reads tensors.
#include "formats/text_form/nested_numbers.hpp"
#include "formats/text_form/nested_text.hpp"
#include "formats/text_form/utf16.hpp"

#include <algorithm>
#include <array>
#include <limits>

namespace alinktf::text_form {

namespace {

using table::ColumnType;
using table::Element;

constexpr std::array kElements = {Element::kFloat,
                                  Element::kDouble,
                                  Element::kInt,
                                  Element::kLong,
                                  Element::kBoolean,
                                  Element::kByte,
                                  Element::kUbyte,
                                  Element::kString};

/// True if a tensor of `from` may stand where one of `to` is wanted.
bool converts(Element from, Element to) {
  const bool is_number = from != Element::kString && from != Element::kBoolean;
  return from == to || (to == Element::kDouble && is_number) ||
         (to == Element::kFloat && from == Element::kDouble);
}

Error wrong_count(std::size_t expected, std::string_view found) {
  return {ErrorCode::kInput,
          fmt::format("its shape asks for {} values, found {}", expected, found)};
}

void append_scalar_text(std::string_view text, Buffer& out) {
  table::append_tensor_head(out, Element::kString, {});
  // A text without a place would be a null.
  const std::string_view value = text.data() == nullptr ? std::string_view("") : text;
  table::append_texts(out, {&value, 1});
}

template <typename T>
void push(T value, Buffer& out) {
  store_le(out.reserve(sizeof value), value);
  out.commit(sizeof value);
}

}  // namespace

std::string_view element_name(Element element) {
  constexpr std::array<std::string_view, kElements.size()> kNames = {
      "FLOAT", "DOUBLE", "INT", "LONG", "BOOLEAN", "BYTE", "UBYTE", "STRING"};
  return kNames[static_cast<std::size_t>(element)];
}

Result<void> NestedParser::parse_tensor(ColumnType type, std::string_view text, Buffer& out) {
  const std::optional<Element> wanted = table::element_of(type);
  if (type == ColumnType::kStringTensor && !text.starts_with("STRING#")) {
    append_scalar_text(text, out);
    return {};
  }
  if (text.find('#') == std::string_view::npos) {
    return parse_tensor_of_vector(type, text, out);
  }
  ALINKTF_ASSIGN_OR_RETURN(const Head head, read_head(text));
  const Element target = wanted.value_or(head.element);
  if (!converts(head.element, target)) {
    return Error(ErrorCode::kInput,
                 fmt::format("it is a tensor of {}", element_name(head.element)));
  }
  return head.element == Element::kString ? append_strings(head, out)
                                          : append_numbers(target, head, out);
}

/// A text without '#'.
Result<void> NestedParser::parse_tensor_of_vector(ColumnType type,
                                                  std::string_view text,
                                                  Buffer& out) {
  if (type == ColumnType::kIntTensor) {
    return parse_whole_numbers<std::int32_t>(text, out);
  }
  if (type == ColumnType::kLongTensor) {
    return parse_whole_numbers<std::int64_t>(text, out);
  }
  const bool to_float = type == ColumnType::kFloatTensor;
  if (!to_float && type != ColumnType::kDoubleTensor && type != ColumnType::kTensor) {
    return Error(ErrorCode::kInput, "there is no '#'");
  }
  Result<void> vector = read_vector(text);
  if (!vector.ok() && type == ColumnType::kTensor) {
    append_scalar_text(text, out);
    return {};
  }
  ALINKTF_TRY(vector);
  ALINKTF_TRY(make_dense());
  dims_.assign(1, static_cast<std::int64_t>(values_.size()));
  table::append_tensor_head(out, to_float ? Element::kFloat : Element::kDouble, dims_);
  if (!to_float) {
    table::append_values<double>(out, values_);
    return {};
  }
  for (const double value : values_) {
    push(static_cast<float>(value), out);
  }
  return {};
}

template <typename T>
Result<void> NestedParser::parse_whole_numbers(std::string_view text, Buffer& out) {
  lengths_.clear();
  ALINKTF_TRY(for_each_token(
      text, true, [this](std::string_view token, std::size_t readable) -> Result<void> {
        const auto value = parse_token<T>(token, readable);
        if (!value) {
          return bad_token<T>(lengths_.size(), token);
        }
        lengths_.push_back(*value);
        return {};
      }));
  dims_.assign(1, static_cast<std::int64_t>(lengths_.size()));
  table::append_tensor_head(out, sizeof(T) == 4 ? Element::kInt : Element::kLong, dims_);
  for (const std::int64_t value : lengths_) {
    push(static_cast<T>(value), out);
  }
  return {};
}

Result<NestedParser::Head> NestedParser::read_head(std::string_view text) {
  const std::size_t shape = text.find('#') + 1;
  const std::string_view name = text.substr(0, shape - 1);
  const auto* const element = std::find_if(kElements.begin(), kElements.end(), [&](Element known) {
    return element_name(known) == name;
  });
  if (element == kElements.end()) {
    return Error(ErrorCode::kInput,
                 fmt::format("{} is no type of values, expected FLOAT, DOUBLE, INT, LONG, BOOLEAN, "
                             "BYTE, UBYTE or STRING",
                             quote(name)));
  }
  const std::size_t end = text.find('#', shape);
  if (end == std::string_view::npos) {
    return Error(ErrorCode::kInput, "there is no '#' behind its shape");
  }
  Head head{.element = *element, .values = text.substr(end + 1)};
  ALINKTF_TRY(read_shape(text.substr(shape, end - shape), head));
  return head;
}

Result<void> NestedParser::read_shape(std::string_view text, Head& head) {
  constexpr std::int64_t kMostDim = std::numeric_limits<std::int32_t>::max();
  dims_.clear();
  head.count = 1;
  bool too_many = false;
  for (bool more = !text.empty(); more;) {
    const std::size_t end = std::min(text.find(','), text.size());
    const auto dim = parse_integer(text.substr(0, end), 0, kMostDim);
    if (!dim || dims_.size() == table::NestedView::kMaxRank) {
      return Error(ErrorCode::kInput,
                   fmt::format("its shape has {}, expected at most {} whole numbers from 0 to {} "
                               "with commas between them",
                               quote(text.substr(0, end)),
                               table::NestedView::kMaxRank,
                               kMostDim));
    }
    dims_.push_back(*dim);
    // Each value takes a byte of the text at least, so nothing can overflow.
    head.count *= static_cast<std::size_t>(*dim);
    too_many = *dim != 0 && (too_many || head.count > head.values.size());
    head.count = too_many ? 1 : head.count;
    more = end != text.size();
    text.remove_prefix(more ? end + 1 : end);
  }
  if (too_many) {
    return Error(ErrorCode::kInput, "its shape asks for more values than there are");
  }
  return {};
}

Result<void> NestedParser::append_numbers(Element target, const Head& head, Buffer& out) {
  switch (head.element) {
    case Element::kFloat:
      return append_numbers_of<float>(target, head, out);
    case Element::kDouble:
      return append_numbers_of<double>(target, head, out);
    case Element::kInt:
      return append_numbers_of<std::int32_t>(target, head, out);
    case Element::kLong:
      return append_numbers_of<std::int64_t>(target, head, out);
    case Element::kByte:
      return append_numbers_of<std::int8_t>(target, head, out);
    case Element::kUbyte:
      return append_numbers_of<std::uint8_t>(target, head, out);
    default:
      return append_numbers_as<bool, std::uint8_t>(target, head, out);
  }
}

template <typename From>
Result<void> NestedParser::append_numbers_of(Element target, const Head& head, Buffer& out) {
  if (target == head.element) {
    return append_numbers_as<From, From>(target, head, out);
  }
  return target == Element::kDouble ? append_numbers_as<From, double>(target, head, out)
                                    : append_numbers_as<From, float>(target, head, out);
}

template <typename From, typename To>
Result<void> NestedParser::append_numbers_as(Element target, const Head& head, Buffer& out) {
  table::append_tensor_head(out, target, dims_);
  std::size_t found = 0;
  ALINKTF_TRY(for_each_token(
      head.values, false, [&](std::string_view token, std::size_t readable) -> Result<void> {
        const auto value = parse_token<From>(token, readable);
        if (!value) {
          return bad_token<From>(found, token);
        }
        if (found == head.count) {
          return wrong_count(head.count, "more");
        }
        push(static_cast<To>(*value), out);
        ++found;
        return {};
      }));
  return found == head.count ? Result<void>() : wrong_count(head.count, std::to_string(found));
}

Result<void> NestedParser::append_strings(const Head& head, Buffer& out) {
  lengths_.clear();
  const std::size_t end = head.values.find('#');
  if (end == std::string_view::npos) {
    return Error(ErrorCode::kInput, "there is no '#' behind the lengths of its texts");
  }
  ALINKTF_TRY(for_each_token(
      head.values.substr(0, end),
      false,
      [this](std::string_view token, std::size_t) -> Result<void> {
        const auto length = parse_integer(token, -1, std::numeric_limits<std::int32_t>::max());
        if (!length) {
          return Error(ErrorCode::kInput, fmt::format("{} is no length of a text", quote(token)));
        }
        lengths_.push_back(*length);
        return {};
      }));
  if (lengths_.size() != head.count) {
    return wrong_count(head.count, fmt::format("{} lengths", lengths_.size()));
  }
  texts_.clear();
  std::string_view rest = head.values.substr(end + 1);
  for (const std::int64_t length : lengths_) {
    if (length < 0) {
      texts_.emplace_back();
      continue;
    }
    const auto size = utf16_prefix(rest, static_cast<std::size_t>(length));
    const bool is_last = texts_.size() + 1 == lengths_.size();
    if (!size || (rest.substr(*size).empty() ? !is_last : rest[*size] != ' ')) {
      return Error(ErrorCode::kInput,
                   fmt::format("text {} is not {} UTF-16 units long", texts_.size() + 1, length));
    }
    texts_.push_back(rest.substr(0, *size));
    rest.remove_prefix(std::min(*size + 1, rest.size()));
  }
  if (!rest.empty()) {
    return Error(ErrorCode::kInput, fmt::format("{} stands behind its texts", quote(rest)));
  }
  table::append_tensor_head(out, Element::kString, dims_);
  table::append_texts(out, texts_);
  return {};
}

}  // namespace alinktf::text_form
