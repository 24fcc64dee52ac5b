#include "predict/cell_values.hpp"

#include "base/text.hpp"
#include "formats/text_form/base64.hpp"
#include "formats/text_form/java_number.hpp"
#include "formats/text_form/nested_numbers.hpp"
#include "formats/text_form/nested_text.hpp"
#include "table/nested.hpp"
#include "tensorflow/tensor.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace alinktf::predict {

namespace {

using table::Element;
using tensorflow::DataType;

/// True if `text` begins as tensors do: FLOAT#.
bool looks_like_tensor(std::string_view text) {
  const std::size_t end = text.find('#');
  if (end == std::string_view::npos) {
    return false;
  }
  for (const Element element : {Element::kFloat,
                                Element::kDouble,
                                Element::kInt,
                                Element::kLong,
                                Element::kBoolean,
                                Element::kByte,
                                Element::kUbyte,
                                Element::kString}) {
    if (text.substr(0, end) == text_form::element_name(element)) {
      return true;
    }
  }
  return false;
}

template <typename T>
void append_value(T value, Buffer& out) {
  store_le(out.reserve(sizeof value), value);
  out.commit(sizeof value);
}

/// Parse the list `text` into values of type T: how many there are.
template <typename T>
Result<std::size_t> append_tokens(std::string_view text, Buffer& out) {
  std::size_t count = 0;
  ALINKTF_TRY(text_form::for_each_token(
      text, true, [&](std::string_view token, std::size_t readable) -> Result<void> {
        const auto value = text_form::parse_token<T>(token, readable);
        if (!value) {
          return text_form::bad_token<T>(count, token);
        }
        append_value(
            static_cast<std::conditional_t<std::is_same_v<T, bool>, std::uint8_t, T>>(*value), out);
        ++count;
        return {};
      }));
  return count;
}

Result<std::size_t> append_tokens_of(DataType type, std::string_view text, Buffer& out) {
  switch (type) {
    case DataType::kFloat:
      return append_tokens<float>(text, out);
    case DataType::kDouble:
      return append_tokens<double>(text, out);
    case DataType::kInt32:
      return append_tokens<std::int32_t>(text, out);
    case DataType::kInt64:
      return append_tokens<std::int64_t>(text, out);
    case DataType::kInt16:
      return append_tokens<std::int16_t>(text, out);
    case DataType::kInt8:
      return append_tokens<std::int8_t>(text, out);
    case DataType::kUint8:
      return append_tokens<std::uint8_t>(text, out);
    case DataType::kBool:
      return append_tokens<bool>(text, out);
    default:
      return Error(ErrorCode::kInternal, "no list is made of strings");
  }
}

/// True if tensors of `element` go to an input of `type`.
bool fits(Element element, DataType type) {
  const bool real = element == Element::kFloat || element == Element::kDouble;
  const bool whole = element == Element::kInt || element == Element::kLong;
  switch (type) {
    case DataType::kFloat:
      return real;
    case DataType::kDouble:
      return element != Element::kString && element != Element::kBoolean;
    case DataType::kInt64:
      return whole;
    case DataType::kInt32:
      return element == Element::kInt;
    case DataType::kInt8:
      return element == Element::kByte;
    case DataType::kUint8:
      return element == Element::kUbyte;
    case DataType::kBool:
      return element == Element::kBoolean;
    case DataType::kString:
      return element == Element::kString;
    default:
      return false;
  }
}

void append_numbers(const table::NestedView& view, DataType type, Buffer& out) {
  for (std::size_t i = 0; i < view.count(); ++i) {
    switch (type) {
      case DataType::kFloat:
        append_value(static_cast<float>(view.real(i)), out);
        break;
      case DataType::kDouble:
        append_value(view.real(i), out);
        break;
      case DataType::kInt64:
        append_value(view.integer(i), out);
        break;
      case DataType::kInt32:
        append_value(static_cast<std::int32_t>(view.integer(i)), out);
        break;
      default:
        out.push_back(static_cast<char>(view.integer(i)));
        break;
    }
  }
}

bool is_list_separator(char c) {
  return c == ' ' || c == ',' || c == '\t' || c == '\n' || c == '\r';
}

}  // namespace

std::string CellValues::wanted() const {
  return unknown_rank_ ? tensorflow::type_name(type_) + " of any shape"
                       : tensorflow::describe(type_, wanted_);
}

Result<void> CellValues::append(const table::Cell& cell, Buffer& values, Buffer& sizes) {
  if (table::storage(column_type_) == table::Storage::kNested) {
    return append_nested(cell.bytes(), values, sizes);
  }
  return append_text(cell.bytes(), values, sizes);
}

Result<void> CellValues::append_text(std::string_view text, Buffer& values, Buffer& sizes) {
  if (looks_like_tensor(text)) {
    tensor_.clear();
    const auto parsed = text_form::parse_nested(table::ColumnType::kTensor, text, tensor_);
    if (parsed.ok()) {
      return append_nested(tensor_.view(), values, sizes);
    }
    if (type_ != DataType::kString) {
      return parsed;
    }
  }
  if (type_ != DataType::kString) {
    return append_list(text, values);
  }
  ALINKTF_TRY(find_shape(1));
  append_value(static_cast<std::uint32_t>(text.size()), sizes);
  values.append(text);
  return {};
}

Result<void> CellValues::append_list(std::string_view text, Buffer& values) {
  text = trim(text);
  bool given = false;
  ALINKTF_TRY(take_shape(text, given));
  std::string plain;
  if (text.find_first_of("\t\r\n") != std::string_view::npos) {
    plain = text;
    std::replace_if(plain.begin(), plain.end(), is_list_separator, ' ');
    text = plain;
  }
  ALINKTF_ASSIGN_OR_RETURN(const std::size_t count, append_tokens_of(type_, text, values));
  if (!given) {
    return find_shape(count);
  }
  if (tensorflow::count_values(dims_) != count) {
    return Error(ErrorCode::kInput,
                 fmt::format("found {} values, expected as many as the shape [{}] before them says",
                             count,
                             fmt::join(dims_, ", ")));
  }
  return check_shape();
}

/// The shape between two $ at the front of `text`, if there is one, to dims_.
Result<void> CellValues::take_shape(std::string_view& text, bool& given) {
  given = text.starts_with('$');
  if (!given) {
    return {};
  }
  const std::size_t end = text.find('$', 1);
  if (end == std::string_view::npos) {
    return Error(ErrorCode::kInput, "the shape at the front has no second $");
  }
  dims_.clear();
  ALINKTF_TRY(text_form::for_each_token(
      text.substr(1, end - 1), true, [&](std::string_view token, std::size_t) -> Result<void> {
        const auto dim = text_form::parse_integer(token, 0, std::int64_t{1} << 31U);
        if (!dim) {
          return Error(
              ErrorCode::kInput,
              fmt::format("the shape at the front holds {}, expected whole numbers", quote(token)));
        }
        dims_.push_back(*dim);
        return {};
      }));
  text.remove_prefix(end + 1);
  return {};
}

/// The shape of `count` values by the signature: at most one open dimension can be told.
Result<void> CellValues::find_shape(std::size_t count) {
  dims_ = wanted_;
  std::size_t known = 1;
  std::int64_t* open = nullptr;
  for (std::int64_t& dim : dims_) {
    if (dim >= 0) {
      known *= static_cast<std::size_t>(dim);
    } else if (open != nullptr) {
      return Error(ErrorCode::kInput,
                   fmt::format("the signature wants {}, so the shape of {} values is not clear; "
                               "write it in front of them: $2 3$ 1 2 3 4 5 6",
                               wanted(),
                               count));
    } else {
      open = &dim;
    }
  }
  if (open != nullptr && known != 0 && count % known == 0) {
    *open = static_cast<std::int64_t>(count / known);
    return {};
  }
  if (open == nullptr && count == known) {
    return {};
  }
  return Error(
      ErrorCode::kInput,
      fmt::format(
          "found {} value{}, but the signature wants {}", count, count == 1 ? "" : "s", wanted()));
}

/// See that dims_ agrees with the signature.
Result<void> CellValues::check_shape() const {
  bool agrees = dims_.size() == wanted_.size();
  for (std::size_t i = 0; agrees && i < dims_.size(); ++i) {
    agrees = wanted_[i] < 0 || wanted_[i] == dims_[i];
  }
  if (agrees || unknown_rank_) {
    return {};
  }
  return Error(
      ErrorCode::kInput,
      fmt::format(
          "found the shape [{}], but the signature wants {}", fmt::join(dims_, ", "), wanted()));
}

Result<void> CellValues::append_nested(std::string_view bytes, Buffer& values, Buffer& sizes) {
  const table::NestedView view(bytes);
  if (!fits(view.element(), type_) || view.kind() == table::NestedKind::kSparseVector) {
    return Error(ErrorCode::kInput,
                 fmt::format("found a {} {}, but the signature wants {}",
                             view.kind() == table::NestedKind::kSparseVector
                                 ? "sparse"
                                 : text_form::element_name(view.element()),
                             view.kind() == table::NestedKind::kTensor ? "tensor" : "vector",
                             wanted()));
  }
  if (view.element() == Element::kString) {
    view.for_each_text([&](std::string_view text, bool /*null*/) {
      append_value(static_cast<std::uint32_t>(text.size()), sizes);
      values.append(text);
    });
  } else {
    append_numbers(view, type_, values);
  }
  if (view.kind() == table::NestedKind::kDenseVector) {
    return find_shape(view.count());
  }
  dims_.clear();
  for (std::size_t axis = 0; axis < view.rank(); ++axis) {
    dims_.push_back(view.dim(axis));
  }
  return check_shape();
}

void append_cell_text(const table::Cell& cell, table::ColumnType type, Buffer& out) {
  switch (type) {
    case table::ColumnType::kBoolean:
      out.append(cell.integer != 0 ? "true" : "false");
      break;
    case table::ColumnType::kFloat:
      text_form::append_java_float(static_cast<float>(cell.real), out);
      break;
    case table::ColumnType::kDouble:
      text_form::append_java_double(cell.real, out);
      break;
    default:
      if (table::storage(type) == table::Storage::kInteger) {
        out.append(fmt::format_int(cell.integer).c_str());
      } else {
        out.append(cell.bytes());
      }
      break;
  }
}

}  // namespace alinktf::predict
