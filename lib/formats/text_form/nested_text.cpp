#include "formats/text_form/nested_text.hpp"

#include "formats/text_form/java_number.hpp"
#include "formats/text_form/utf16.hpp"

#include <charconv>
#include <limits>

namespace alinktf::text_form {

namespace {

using table::ColumnType;
using table::Element;
using table::NestedKind;
using table::NestedView;

void append_integer(std::int64_t value, Buffer& out) {
  constexpr std::size_t kLongest = 20;
  char* const to = out.reserve(kLongest);
  out.commit(static_cast<std::size_t>(std::to_chars(to, to + kLongest, value).ptr - to));
}

void append_value(const NestedView& value, std::size_t index, Buffer& out) {
  switch (value.element()) {
    case Element::kFloat:
      append_java_float(static_cast<float>(value.real(index)), out);
      break;
    case Element::kDouble:
      append_java_double(value.real(index), out);
      break;
    case Element::kBoolean:
      out.append(value.integer(index) != 0 ? "true" : "false");
      break;
    default:
      append_integer(value.integer(index), out);
      break;
  }
}

void append_texts(const NestedView& value, Buffer& out) {
  value.for_each_text([&](std::string_view text, bool null) {
    append_integer(null ? -1 : static_cast<std::int64_t>(utf16_units(text)), out);
    out.push_back(' ');
  });
  out.push_back('#');
  value.for_each_text([&](std::string_view text, bool null) {
    if (!null) {
      out.append(text);
      out.push_back(' ');
    }
  });
}

void append_tensor(const NestedView& value, Buffer& out) {
  out.append(element_name(value.element()));
  out.push_back('#');
  for (std::size_t axis = 0; axis < value.rank(); ++axis) {
    out.append(axis == 0 ? "" : ",");
    append_integer(value.dim(axis), out);
  }
  out.push_back('#');
  if (value.element() == Element::kString) {
    append_texts(value, out);
    return;
  }
  for (std::size_t i = 0; i < value.count(); ++i) {
    append_value(value, i, out);
    out.push_back(' ');
  }
}

}  // namespace

Result<void> NestedParser::parse(ColumnType type, std::string_view text, Buffer& out) {
  const std::size_t before = out.size();
  Result<void> result = parse_value(type, text, out);
  if (result.ok() && out.size() - before > std::numeric_limits<std::uint32_t>::max()) {
    result = Error(ErrorCode::kInput, "it is larger than 4 GiB");
  }
  if (!result.ok()) {
    out.truncate(before);
  }
  return result;
}

Result<void> NestedParser::parse_value(ColumnType type, std::string_view text, Buffer& out) {
  const bool dense = type == ColumnType::kDenseVector;
  const bool sparse = type == ColumnType::kSparseVector;
  if (!dense && !sparse && type != ColumnType::kVector) {
    return parse_tensor(type, text, out);
  }
  ALINKTF_TRY(read_vector(text));
  if (dense) {
    ALINKTF_TRY(make_dense());
  } else if (sparse) {
    make_sparse();
  }
  append_vector(out);
  return {};
}

Result<void> parse_nested(ColumnType type, std::string_view text, Buffer& out) {
  return NestedParser().parse(type, text, out);
}

void append_nested(std::string_view bytes, Buffer& out) {
  const NestedView value(bytes);
  if (value.kind() == NestedKind::kTensor) {
    append_tensor(value, out);
    return;
  }
  const bool sparse = value.kind() == NestedKind::kSparseVector;
  if (sparse && value.dim(0) != NestedView::kUnknownSize) {
    out.push_back('$');
    append_integer(value.dim(0), out);
    out.push_back('$');
  }
  for (std::size_t i = 0; i < value.count(); ++i) {
    out.append(i == 0 ? "" : " ");
    if (sparse) {
      append_integer(value.position(i), out);
      out.push_back(':');
    }
    append_java_double(value.real(i), out);
  }
}

std::string_view nested_expectation(ColumnType type) {
  switch (type) {
    case ColumnType::kVector:
      return "a vector such as 1.0 2.0 or $4$0:1.0 2:3.0";
    case ColumnType::kDenseVector:
      return "a vector such as 1.0 2.0";
    case ColumnType::kSparseVector:
      return "a vector such as $4$0:1.0 2:3.0";
    case ColumnType::kTensor:
    case ColumnType::kFloatTensor:
      return "a tensor such as FLOAT#2,1#0.5 1.5";
    case ColumnType::kDoubleTensor:
      return "a tensor such as DOUBLE#2,1#0.5 1.5";
    case ColumnType::kIntTensor:
      return "a tensor such as INT#2,1#1 2";
    case ColumnType::kLongTensor:
      return "a tensor such as LONG#2,1#1 2";
    case ColumnType::kBoolTensor:
      return "a tensor such as BOOLEAN#2,1#true false";
    case ColumnType::kByteTensor:
      return "a tensor such as BYTE#2,1#1 -2";
    case ColumnType::kUbyteTensor:
      return "a tensor such as UBYTE#2,1#1 255";
    default:
      return "a tensor such as STRING#2#2 3 #ab bcd";
  }
}

}  // namespace alinktf::text_form
