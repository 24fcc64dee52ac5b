// Tensors as bytes: how they travel between a job and its engine.
#pragma once

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "tensorflow/data_type.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace alinktf::tensorflow {

/// A tensor whose values lie in somebody else's bytes. Numbers are packed in row-major order,
/// little endian; booleans are bytes of 0 and 1; strings are a u32 length each, then all their
/// bytes.
struct TensorView {
  DataType type = DataType::kNone;
  std::vector<std::int64_t> dims;
  std::string_view bytes;

  /// How many values: the product of the dimensions.
  [[nodiscard]] std::size_t count() const;
  /// Of a tensor of strings: calls `visit(text)` for each.
  template <typename Visit>
  void for_each_text(Visit&& visit) const {
    const std::size_t values = count();
    const char* at = bytes.data() + values * sizeof(std::uint32_t);
    for (std::size_t i = 0; i < values; ++i) {
      const auto size = load_le<std::uint32_t>(bytes.data() + i * sizeof(std::uint32_t));
      visit(std::string_view(at, size));
      at += size;
    }
  }
};

/// The product of `dims`.
std::size_t count_values(std::span<const std::int64_t> dims);

/// Append `tensor` to a list of tensors.
void append_tensor(Buffer& out, const TensorView& tensor);

/// Append all but the values of a tensor of `size` bytes, which must follow, padded to 8 bytes.
void append_tensor_head(Buffer& out,
                        DataType type,
                        std::span<const std::int64_t> dims,
                        std::size_t size);

/// Read the tensors that append_tensor() has written into `bytes`, which they point into, in the
/// storage of `tensors`. kInternal if they do not fit.
Result<void> read_tensors(std::string_view bytes, std::vector<TensorView>& tensors);

/// "float32 of shape [-1, 10]"; dimensions that are open are -1.
std::string describe(DataType type, std::span<const std::int64_t> dims);

}  // namespace alinktf::tensorflow
