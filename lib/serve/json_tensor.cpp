#include "serve/json_tensor.hpp"

#include "base/text.hpp"
#include "formats/text_form/base64.hpp"
#include "formats/text_form/number.hpp"

#include <fmt/format.h>

#include <cmath>
#include <limits>

namespace alinktf::serve {

namespace {

using spec::Kind;
using spec::Node;
using tensorflow::DataType;
using tensorflow::TensorView;

template <typename T>
void append_value(T value, Buffer& out) {
  store_le(out.reserve(sizeof value), value);
  out.commit(sizeof value);
}

/// False if T does not hold the number.
template <typename T>
bool append_whole(const Node& value, Buffer& out) {
  const auto number = text_form::parse_integer(
      value.text, std::numeric_limits<T>::min(), std::numeric_limits<T>::max());
  append_value(static_cast<T>(number.value_or(0)), out);
  return number.has_value();
}

bool append_number(const Node& value, DataType type, Buffer& out) {
  switch (type) {
    case DataType::kFloat:
      append_value(text_form::parse_float(value.text).value_or(0), out);
      return true;
    case DataType::kDouble:
      append_value(text_form::parse_double(value.text).value_or(0), out);
      return true;
    case DataType::kInt64:
      return append_whole<std::int64_t>(value, out);
    case DataType::kInt32:
      return append_whole<std::int32_t>(value, out);
    case DataType::kInt16:
      return append_whole<std::int16_t>(value, out);
    case DataType::kInt8:
      return append_whole<std::int8_t>(value, out);
    case DataType::kUint8:
      return append_whole<std::uint8_t>(value, out);
    default:
      return false;
  }
}

void append_real(double value, bool is_float, std::string& out) {
  if (std::isnan(value)) {
    out += "NaN";  // as TensorFlow Serving writes it
  } else if (std::isinf(value)) {
    out += value < 0 ? "-Infinity" : "Infinity";
  } else {
    const std::string text =
        is_float ? fmt::format("{}", static_cast<float>(value)) : fmt::format("{}", value);
    out += text;
    out += text.find_first_of(".e") == std::string::npos ? ".0" : "";
  }
}

/// Writes the values of a tensor one after the other.
class Writer {
 public:
  Writer(const TensorView& tensor, bool base64, std::string& out)
      : tensor_(tensor), base64_(base64), out_(out) {
    text_ = tensor.bytes.data() + tensor.count() * sizeof(std::uint32_t);
  }

  void skip(std::size_t count) {
    if (tensor_.type != DataType::kString) {
      index_ += count;
      return;
    }
    for (; count > 0; --count, ++index_) {
      text_ += text_size();
    }
  }

  void write(std::span<const std::int64_t> dims) {
    if (dims.empty()) {
      write_scalar();
      return;
    }
    out_ += '[';
    for (std::int64_t i = 0; i < dims.front(); ++i) {
      out_ += i == 0 ? "" : ", ";
      write(dims.subspan(1));
    }
    out_ += ']';
  }

 private:
  [[nodiscard]] std::size_t text_size() const {
    return load_le<std::uint32_t>(tensor_.bytes.data() + index_ * sizeof(std::uint32_t));
  }

  template <typename T>
  [[nodiscard]] T value() const {
    return load_le<T>(tensor_.bytes.data() + index_ * sizeof(T));
  }

  void write_scalar() {
    switch (tensor_.type) {
      case DataType::kFloat:
        append_real(static_cast<double>(value<float>()), true, out_);
        break;
      case DataType::kDouble:
        append_real(value<double>(), false, out_);
        break;
      case DataType::kInt64:
        out_ += std::to_string(value<std::int64_t>());
        break;
      case DataType::kInt32:
        out_ += std::to_string(value<std::int32_t>());
        break;
      case DataType::kInt16:
        out_ += std::to_string(value<std::int16_t>());
        break;
      case DataType::kInt8:
        out_ += std::to_string(value<std::int8_t>());
        break;
      case DataType::kUint8:
        out_ += std::to_string(value<std::uint8_t>());
        break;
      case DataType::kBool:
        out_ += value<std::uint8_t>() != 0 ? "true" : "false";
        break;
      default:
        write_text({text_, text_size()});
        text_ += text_size();
        break;
    }
    ++index_;
  }

  void write_text(std::string_view text) {
    if (!base64_) {
      append_json_text(text, out_);
      return;
    }
    Buffer encoded;
    text_form::append_base64(text, encoded);
    out_ += fmt::format(R"({{"b64": "{}"}})", encoded.view());
  }

  const TensorView& tensor_;
  bool base64_;
  std::string& out_;
  std::size_t index_ = 0;
  const char* text_ = nullptr;
};

}  // namespace

Error TensorBuilder::wrong(const Node& value) const {
  return {ErrorCode::kInput,
          fmt::format("JSON Value: {} of input {} is not of expected type: {}",
                      quote(spec::write_json(value)),
                      info_.key,
                      tensorflow::type_name(info_.type))};
}

Result<void> TensorBuilder::add(const Node& value) {
  ALINKTF_TRY(add_value(value, 0));
  shaped_ = true;
  ++count_;
  return {};
}

Result<void> TensorBuilder::add_value(const Node& value, std::size_t depth) {
  if (value.kind != Kind::kArray) {
    if (shaped_ && depth != dims_.size()) {
      return Error(ErrorCode::kInput,
                   fmt::format("input {}: encountered a value at list depth {}, expected one at {}",
                               info_.key,
                               depth,
                               dims_.size()));
    }
    shaped_ = true;
    return add_scalar(value);
  }
  const auto size = static_cast<std::int64_t>(value.children.size());
  if (!shaped_ && depth == dims_.size()) {
    dims_.push_back(size);
  }
  if (depth >= dims_.size() || dims_[depth] != size) {
    return Error(
        ErrorCode::kInput,
        fmt::format("input {}: encountered a list of {} values at depth {}, expected {}",
                    info_.key,
                    size,
                    depth,
                    depth >= dims_.size() ? "one value" : fmt::format("{} values", dims_[depth])));
  }
  for (const Node& each : value.children) {
    ALINKTF_TRY(add_value(each, depth + 1));
  }
  return {};
}

Result<void> TensorBuilder::add_scalar(const Node& value) {
  if (info_.type == DataType::kString) {
    return add_text(value);
  }
  if (info_.type == DataType::kBool) {
    if (value.kind != Kind::kBool) {
      return wrong(value);
    }
    append_value(static_cast<std::uint8_t>(value.text == "true" ? 1 : 0), values_);
    return {};
  }
  return value.kind == Kind::kNumber && append_number(value, info_.type, values_) ? Result<void>()
                                                                                  : wrong(value);
}

Result<void> TensorBuilder::add_text(const Node& value) {
  std::string text;
  if (value.kind == Kind::kString) {
    text = value.text;
  } else if (is_base64(value)) {
    const std::string& encoded = value.children.front().text;
    text.resize(encoded.size() / 4 * 3 + 2);
    const auto size = text_form::decode_base64(encoded, text.data());
    if (!size) {
      return wrong(value);
    }
    text.resize(*size);
  } else {
    return wrong(value);
  }
  append_value(static_cast<std::uint32_t>(text.size()), sizes_);
  values_.append(text);
  return {};
}

Result<void> TensorBuilder::append_to(Buffer& message, bool rows) const {
  std::vector<std::int64_t> dims = dims_;
  if (rows) {
    dims.insert(dims.begin(), static_cast<std::int64_t>(count_));
  }
  bool fits = info_.unknown_rank || dims.size() == info_.dims.size();
  for (std::size_t i = 0; fits && !info_.unknown_rank && i < dims.size(); ++i) {
    fits = info_.dims[i] < 0 || info_.dims[i] == dims[i];
  }
  if (!fits) {
    return Error(ErrorCode::kInput,
                 fmt::format("input {}: found the shape [{}], but the signature wants {}",
                             info_.key,
                             fmt::join(dims, ", "),
                             tensorflow::describe(info_.type, info_.dims)));
  }
  const std::size_t size = sizes_.size() + values_.size();
  tensorflow::append_tensor_head(message, info_.type, dims, size);
  message.append(sizes_.view());
  message.append(values_.view());
  message.append(std::string_view("\0\0\0\0\0\0\0", (8 - size % 8) % 8));
  return {};
}

void append_json(const TensorView& tensor,
                 std::optional<std::size_t> row,
                 bool base64,
                 std::string& out) {
  Writer writer(tensor, base64, out);
  std::span<const std::int64_t> dims = tensor.dims;
  if (row) {
    dims = dims.subspan(1);
    writer.skip(*row * tensorflow::count_values(dims));
  }
  writer.write(dims);
}

void append_json_text(std::string_view text, std::string& out) {
  out += spec::json_string(text);
}

bool is_base64(const Node& value) {
  return value.kind == Kind::kObject && value.children.size() == 1 &&
         value.children.front().key == "b64" && value.children.front().kind == Kind::kString;
}

}  // namespace alinktf::serve
