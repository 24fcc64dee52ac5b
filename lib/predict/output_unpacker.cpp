#include "predict/output_unpacker.hpp"

#include "base/text.hpp"
#include "formats/text_form/decimal.hpp"
#include "formats/text_form/java_number.hpp"
#include "formats/text_form/nested_text.hpp"
#include "formats/text_form/number.hpp"
#include "table/nested.hpp"

#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <limits>
#include <optional>

namespace alinktf::predict {

namespace {

using table::Cell;
using table::ColumnType;
using table::Element;
using tensorflow::DataType;
using tensorflow::TensorView;

/// The double with the decimal digits that Java prints for `value`.
double as_double(float value) {
  constexpr float kExact = 1U << 23U;
  if (!std::isfinite(value) || (std::fabs(value) < kExact && std::trunc(value) == value)) {
    return static_cast<double>(value);
  }
  std::array<char, 32> text{};
  const auto printed = std::to_chars(text.data(), text.data() + text.size(), value);
  double number = 0;
  std::from_chars(text.data(), printed.ptr, number);
  return number;
}

/// Value `index` of a tensor of numbers.
double real_at(const TensorView& tensor, std::size_t index) {
  const char* const at = tensor.bytes.data();
  switch (tensor.type) {
    case DataType::kFloat:
      return as_double(load_le<float>(at + index * sizeof(float)));
    case DataType::kDouble:
      return load_le<double>(at + index * sizeof(double));
    case DataType::kInt32:
      return static_cast<double>(load_le<std::int32_t>(at + index * sizeof(std::int32_t)));
    case DataType::kInt64:
      return static_cast<double>(load_le<std::int64_t>(at + index * sizeof(std::int64_t)));
    case DataType::kInt16:
      return static_cast<double>(load_le<std::int16_t>(at + index * sizeof(std::int16_t)));
    case DataType::kInt8:
      return static_cast<double>(load_le<std::int8_t>(at + index));
    default:
      return static_cast<double>(load_le<std::uint8_t>(at + index));
  }
}

/// The same of a tensor of whole numbers or booleans.
std::int64_t integer_at(const TensorView& tensor, std::size_t index) {
  if (tensor.type == DataType::kInt64) {
    return load_le<std::int64_t>(tensor.bytes.data() + index * sizeof(std::int64_t));
  }
  return static_cast<std::int64_t>(real_at(tensor, index));
}

bool is_real(DataType type) {
  return type == DataType::kFloat || type == DataType::kDouble;
}

void append_value_text(const TensorView& tensor, std::size_t index, Buffer& out) {
  switch (tensor.type) {
    case DataType::kFloat:
      text_form::append_java_float(load_le<float>(tensor.bytes.data() + index * sizeof(float)),
                                   out);
      break;
    case DataType::kDouble:
      text_form::append_java_double(real_at(tensor, index), out);
      break;
    case DataType::kBool:
      out.append(integer_at(tensor, index) != 0 ? "true" : "false");
      break;
    default:
      out.append(fmt::format_int(integer_at(tensor, index)).c_str());
      break;
  }
}

/// Calls `visit` for `count` texts, whose sizes stand in `tensor` from value `first` and which lie
/// at `text`.
template <typename Visit>
void for_each_text(const TensorView& tensor,
                   std::size_t first,
                   std::size_t count,
                   const char* text,
                   Visit&& visit) {
  for (std::size_t i = first; i < first + count; ++i) {
    const auto size = load_le<std::uint32_t>(tensor.bytes.data() + i * sizeof(std::uint32_t));
    visit(std::string_view(text, size));
    text += size;
  }
}

std::optional<Element> element_of(DataType type) {
  switch (type) {
    case DataType::kFloat:
      return Element::kFloat;
    case DataType::kDouble:
      return Element::kDouble;
    case DataType::kInt32:
      return Element::kInt;
    case DataType::kInt64:
      return Element::kLong;
    case DataType::kBool:
      return Element::kBoolean;
    case DataType::kInt8:
      return Element::kByte;
    case DataType::kUint8:
      return Element::kUbyte;
    case DataType::kString:
      return Element::kString;
    default:
      return std::nullopt;
  }
}

/// Append `count` values as those of `to`; all are numbers.
void append_numbers(
    const TensorView& tensor, std::size_t first, std::size_t count, Element to, Buffer& out) {
  const auto put = [&](auto value) {
    store_le(out.reserve(sizeof value), value);
    out.commit(sizeof value);
  };
  for (std::size_t i = first; i < first + count; ++i) {
    switch (to) {
      case Element::kFloat:
        put(static_cast<float>(real_at(tensor, i)));
        break;
      case Element::kDouble:
        put(real_at(tensor, i));
        break;
      case Element::kInt:
        put(static_cast<std::int32_t>(integer_at(tensor, i)));
        break;
      case Element::kLong:
        put(integer_at(tensor, i));
        break;
      default:
        put(static_cast<std::uint8_t>(integer_at(tensor, i)));
        break;
    }
  }
}

/// True if values of `from` can stand in a tensor of `to`.
bool converts(Element from, Element to) {
  if (from == to) {
    return true;
  }
  const auto is_number = [](Element element) {
    return element == Element::kFloat || element == Element::kDouble || element == Element::kInt ||
           element == Element::kLong;
  };
  const bool real = from == Element::kFloat || from == Element::kDouble;
  const bool to_real = to == Element::kFloat || to == Element::kDouble;
  return is_number(from) && is_number(to) && (to_real || !real) &&
         !(from == Element::kLong && to == Element::kInt);
}

/// True if a column of `type`, one of whole numbers, can hold `value`.
bool holds(ColumnType type, std::int64_t value) {
  switch (type) {
    case ColumnType::kByte:
      return value >= -128 && value <= 127;
    case ColumnType::kShort:
      return value >= -32768 && value <= 32767;
    case ColumnType::kInt:
      return value >= std::numeric_limits<std::int32_t>::min() &&
             value <= std::numeric_limits<std::int32_t>::max();
    default:
      return true;
  }
}

Error does_not_fit(const BoundOutput& output, DataType type, std::span<const std::int64_t> dims) {
  return {ErrorCode::kInput,
          fmt::format("column {}: the model's output {} is {}, which {} does not hold",
                      quote(output.column.name),
                      quote(output.info.key),
                      tensorflow::describe(type, dims),
                      table::type_name(output.column.type))};
}

}  // namespace

OutputUnpacker::OutputUnpacker(const BoundOutput& output, Style style)
    : output_(output), style_(style) {}

Result<void> OutputUnpacker::unpack(const TensorView& tensor,
                                    const Rows& rows,
                                    const Target& target) {
  Part part;
  part.tensor = &tensor;
  const std::span<const std::int64_t> dims = tensor.dims;
  const bool batch_axis =
      style_ == Style::kRow && !dims.empty() && (!rows.whole || dims.front() == 1);
  const bool own_lead = style_ == Style::kWhole && !rows.whole && !dims.empty();
  part.dims = batch_axis ? dims.subspan(1) : dims;
  const std::size_t per_entry =
      rows.whole ? tensor.count() : tensorflow::count_values(dims.empty() ? dims : dims.subspan(1));
  part.text = tensor.type == DataType::kString
                  ? tensor.bytes.data() + tensor.count() * sizeof(std::uint32_t)
                  : nullptr;
  table::Cell* to = target.cells;
  for (std::size_t row = 0; row < rows.count; ++row, to += target.stride) {
    const std::size_t entries = rows.whole || rows.parts.empty() ? 1 : rows.parts[row];
    part.count = entries * per_entry;
    if (own_lead) {
      dims_.assign(dims.begin(), dims.end());
      dims_.front() = static_cast<std::int64_t>(entries);
      part.dims = dims_;
    }
    ALINKTF_TRY(unpack_cell(part, *to, target.arena));
    if (part.text != nullptr) {
      for_each_text(tensor, part.first, part.count, part.text, [&](std::string_view text) {
        part.text += text.size();
      });
    }
    part.first += part.count;
  }
  return {};
}

Result<void> OutputUnpacker::unpack_cell(const Part& part, Cell& cell, table::Arena& arena) {
  switch (table::storage(output_.column.type)) {
    case table::Storage::kNested:
      return unpack_nested(part, cell, arena);
    case table::Storage::kBytes:
      if (output_.column.type == ColumnType::kString ||
          output_.column.type == ColumnType::kVarbinary) {
        unpack_text(part, cell, arena);
        return {};
      }
      break;
    default:
      break;
  }
  return unpack_number(part, cell, arena);
}

void OutputUnpacker::unpack_text(const Part& part, Cell& cell, table::Arena& arena) {
  bytes_.clear();
  bool first = true;
  const auto separate = [&] {
    if (!std::exchange(first, false)) {
      bytes_.push_back(' ');
    }
  };
  if (part.tensor->type == DataType::kString) {
    for_each_text(*part.tensor, part.first, part.count, part.text, [&](std::string_view text) {
      separate();
      bytes_.append(text);
    });
  } else {
    for (std::size_t i = 0; i < part.count; ++i) {
      separate();
      append_value_text(*part.tensor, part.first + i, bytes_);
    }
  }
  cell = Cell::of_bytes(arena.keep(bytes_.view()));
}

Error OutputUnpacker::misfit(const Part& part) const {
  return does_not_fit(output_, part.tensor->type, part.dims);
}

Result<OutputUnpacker::Number> OutputUnpacker::first_number(const Part& part) const {
  const TensorView& tensor = *part.tensor;
  if (tensor.type == DataType::kString) {
    const auto size =
        load_le<std::uint32_t>(tensor.bytes.data() + part.first * sizeof(std::uint32_t));
    const std::string_view text(part.text, size);
    const auto number = text_form::parse_double(trim(text));
    if (!number) {
      return misfit(part).context(fmt::format("the text {}", quote(text)));
    }
    return Number{.real = true, .as_real = *number};
  }
  if (is_real(tensor.type)) {
    return Number{.real = true, .as_real = real_at(tensor, part.first)};
  }
  return Number{.real = false, .as_integer = integer_at(tensor, part.first)};
}

Result<void> OutputUnpacker::unpack_number(const Part& part, Cell& cell, table::Arena& arena) {
  if (part.count == 0) {
    return misfit(part);
  }
  left_out_ = left_out_ || part.count > 1;
  ALINKTF_ASSIGN_OR_RETURN(const Number number, first_number(part));
  const double real = number.real ? number.as_real : static_cast<double>(number.as_integer);
  switch (output_.column.type) {
    case ColumnType::kFloat:
    case ColumnType::kDouble:
      cell = Cell::of_real(real);
      return {};
    case ColumnType::kDecimal:
      bytes_.clear();
      if (!text_form::append_decimal(real, bytes_)) {
        return misfit(part);
      }
      cell = Cell::of_bytes(arena.keep(bytes_.view()));
      return {};
    case ColumnType::kBoolean:
      cell = Cell::of_integer(real != 0 ? 1 : 0);
      return {};
    case ColumnType::kByte:
    case ColumnType::kShort:
    case ColumnType::kInt:
    case ColumnType::kLong:
      break;
    default:
      return misfit(part);
  }
  constexpr double kMost = 9.2e18;
  if (number.real && !(std::fabs(real) < kMost)) {
    return misfit(part).context(fmt::format("the value {}", real));
  }
  const std::int64_t whole = number.real ? static_cast<std::int64_t>(real) : number.as_integer;
  if (!holds(output_.column.type, whole)) {
    return misfit(part).context(fmt::format("the value {}", whole));
  }
  cell = Cell::of_integer(whole);
  return {};
}

Result<void> OutputUnpacker::unpack_nested(const Part& part, Cell& cell, table::Arena& arena) {
  const TensorView& tensor = *part.tensor;
  const ColumnType type = output_.column.type;
  const auto from = element_of(tensor.type);
  const bool vector = type == ColumnType::kVector || type == ColumnType::kDenseVector;
  const auto to = vector                        ? Element::kDouble
                  : type == ColumnType::kTensor ? from
                                                : table::element_of(type);
  if (!from || !to || !converts(*from, *to)) {
    return does_not_fit(output_, tensor.type, part.dims);
  }
  bytes_.clear();
  if (vector) {
    table::append_dense_vector_head(bytes_, part.count);
  } else {
    table::append_tensor_head(bytes_, *to, part.dims);
  }
  if (*to == Element::kString) {
    std::vector<std::string_view> texts;
    for_each_text(tensor, part.first, part.count, part.text, [&](std::string_view text) {
      texts.push_back(text.data() == nullptr ? std::string_view("") : text);
    });
    table::append_texts(bytes_, texts);
  } else if (*from == *to) {
    const std::size_t size = tensorflow::value_bytes(tensor.type);
    bytes_.append(tensor.bytes.substr(part.first * size, part.count * size));
  } else {
    append_numbers(tensor, part.first, part.count, *to, bytes_);
  }
  cell = Cell::of_bytes(arena.keep(bytes_.view()));
  return {};
}

}  // namespace alinktf::predict
