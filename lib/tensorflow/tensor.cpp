#include "tensorflow/tensor.hpp"

#include <fmt/format.h>

#include <limits>

namespace alinktf::tensorflow {

namespace {

constexpr std::size_t kAlignment = 8;
constexpr std::size_t kHeadBytes = 16;
constexpr std::uint32_t kMostDims = 254;  // TensorFlow's own limit

std::size_t padded(std::size_t size) {
  return (size + kAlignment - 1) / kAlignment * kAlignment;
}

Error broken() {
  return {ErrorCode::kInternal, "the prediction engine's tensors do not fit their bytes"};
}

/// True if the values of `tensor` are as many bytes as its shape says.
bool fits(const TensorView& tensor) {
  std::size_t count = 1;
  for (const std::int64_t dim : tensor.dims) {
    if (dim < 0 || (dim > 0 && count > std::numeric_limits<std::size_t>::max() / 8 /
                                           static_cast<std::size_t>(dim))) {
      return false;
    }
    count *= static_cast<std::size_t>(dim);
  }
  if (tensor.type != DataType::kString) {
    return tensor.bytes.size() == count * value_bytes(tensor.type);
  }
  if (tensor.bytes.size() / sizeof(std::uint32_t) < count) {
    return false;
  }
  std::size_t size = count * sizeof(std::uint32_t);
  for (std::size_t i = 0; i < count; ++i) {
    size += load_le<std::uint32_t>(tensor.bytes.data() + i * sizeof(std::uint32_t));
  }
  return size == tensor.bytes.size();
}

}  // namespace

std::string type_name(DataType type) {
  switch (type) {
    case DataType::kFloat:
      return "float32";
    case DataType::kDouble:
      return "float64";
    case DataType::kInt32:
      return "int32";
    case DataType::kUint8:
      return "uint8";
    case DataType::kInt16:
      return "int16";
    case DataType::kInt8:
      return "int8";
    case DataType::kString:
      return "string";
    case DataType::kInt64:
      return "int64";
    case DataType::kBool:
      return "bool";
    case DataType::kNone:
      return "no type";
  }
  return fmt::format("TensorFlow's type number {}", static_cast<std::uint32_t>(type));
}

std::size_t count_values(std::span<const std::int64_t> dims) {
  std::size_t count = 1;
  for (const std::int64_t dim : dims) {
    count *= static_cast<std::size_t>(dim);
  }
  return count;
}

std::size_t TensorView::count() const {
  return count_values(dims);
}

void append_tensor_head(Buffer& out,
                        DataType type,
                        std::span<const std::int64_t> dims,
                        std::size_t size) {
  char* const to = out.reserve(kHeadBytes + dims.size_bytes());
  store_le(to, static_cast<std::uint32_t>(type));
  store_le(to + 4, static_cast<std::uint32_t>(dims.size()));
  store_le(to + 8, static_cast<std::uint64_t>(size));
  if (!dims.empty()) {
    std::memcpy(to + kHeadBytes, dims.data(), dims.size_bytes());
  }
  out.commit(kHeadBytes + dims.size_bytes());
}

void append_tensor(Buffer& out, const TensorView& tensor) {
  append_tensor_head(out, tensor.type, tensor.dims, tensor.bytes.size());
  out.append(tensor.bytes);
  out.append(std::string_view("\0\0\0\0\0\0\0", padded(tensor.bytes.size()) - tensor.bytes.size()));
}

Result<void> read_tensors(std::string_view bytes, std::vector<TensorView>& tensors) {
  std::size_t number = 0;
  while (!bytes.empty()) {
    if (bytes.size() < kHeadBytes) {
      return broken();
    }
    if (tensors.size() == number) {
      tensors.emplace_back();
    }
    TensorView& tensor = tensors[number++];
    tensor.type = static_cast<DataType>(load_le<std::uint32_t>(bytes.data()));
    const auto rank = load_le<std::uint32_t>(bytes.data() + 4);
    const auto size = load_le<std::uint64_t>(bytes.data() + 8);
    bytes.remove_prefix(kHeadBytes);
    if (rank > kMostDims || bytes.size() / sizeof(std::int64_t) < rank) {
      return broken();
    }
    tensor.dims.resize(rank);
    if (rank > 0) {
      std::memcpy(tensor.dims.data(), bytes.data(), rank * sizeof(std::int64_t));
    }
    bytes.remove_prefix(rank * sizeof(std::int64_t));
    if (size > bytes.size() || padded(size) > bytes.size()) {
      return broken();
    }
    tensor.bytes = bytes.substr(0, size);
    bytes.remove_prefix(padded(size));
    if (!fits(tensor)) {
      return broken();
    }
  }
  tensors.resize(number);
  return {};
}

std::string describe(DataType type, std::span<const std::int64_t> dims) {
  return fmt::format("{} of shape [{}]", type_name(type), fmt::join(dims, ", "));
}

}  // namespace alinktf::tensorflow
