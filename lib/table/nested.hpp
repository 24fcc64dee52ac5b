// Vectors and tensors as they lie in the bytes of a cell.
#pragma once

#include "base/bytes.hpp"
#include "table/type.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace alinktf::table {

enum class NestedKind : std::uint8_t { kDenseVector, kSparseVector, kTensor };

/// What a tensor's values are. Vectors hold doubles.
enum class Element : std::uint8_t {
  kFloat,
  kDouble,
  kInt,
  kLong,
  kBoolean,
  kByte,
  kUbyte,
  kString,
};

/// Bytes of one value; 0 for strings.
std::size_t element_bytes(Element element);

/// What the values of a tensor type are; nothing for TENSOR, whose values decide, and for types
/// that are no tensors.
std::optional<Element> element_of(ColumnType type);

/// Reads the bytes that the functions below have written. A view; the bytes need no alignment.
class NestedView {
 public:
  /// A shape has at most this many dimensions.
  static constexpr std::size_t kMaxRank = 255;
  /// The size of a sparse vector that names none.
  static constexpr std::int64_t kUnknownSize = -1;

  /// `bytes` of a cell whose type's storage is kNested.
  explicit NestedView(std::string_view bytes);

  [[nodiscard]] NestedKind kind() const { return kind_; }
  [[nodiscard]] Element element() const { return element_; }
  /// Tensors: their dimensions. Dense vectors: one, their size. Sparse vectors: one, their size or
  /// kUnknownSize.
  [[nodiscard]] std::size_t rank() const { return rank_; }
  [[nodiscard]] std::int64_t dim(std::size_t axis) const;
  /// How many values are stored: the product of the dimensions, or a sparse vector's entries.
  [[nodiscard]] std::size_t count() const { return count_; }

  /// Value `index` of any kind of number, in row-major order.
  [[nodiscard]] double real(std::size_t index) const;
  /// Value `index` of kInt, kLong, kBoolean (0 or 1), kByte and kUbyte.
  [[nodiscard]] std::int64_t integer(std::size_t index) const;
  /// Value `index` of kString, in linear time; `null` if there is none.
  [[nodiscard]] std::string_view text(std::size_t index, bool& null) const;
  /// Calls `visit(text, null)` for each value of kString.
  template <typename Visit>
  void for_each_text(Visit&& visit) const {
    const char* at = values_ + count_ * sizeof(std::uint32_t);
    for (std::size_t i = 0; i < count_; ++i) {
      const auto size = load_le<std::uint32_t>(values_ + i * sizeof(std::uint32_t));
      const bool null = size == kNullText;
      visit(std::string_view(at, null ? 0 : size), null);
      at += null ? 0 : size;
    }
  }
  /// Position of entry `index` of a sparse vector; positions ascend.
  [[nodiscard]] std::int64_t position(std::size_t index) const;

  /// The size of a sparse vector as a dense one: its size, or one more than its last position.
  [[nodiscard]] std::int64_t dense_size() const;

  /// The packed values, little endian, count() * element_bytes(element()) bytes. Not of kString.
  [[nodiscard]] const char* values() const { return values_; }

  static constexpr std::uint32_t kNullText = 0xFFFFFFFFU;

 private:
  NestedKind kind_;
  Element element_;
  std::size_t rank_;
  std::size_t count_;
  const char* dims_;
  const char* positions_;
  const char* values_;
};

/// Append all that stands before the values: a tensor of `dims` and `element` (at most kMaxRank
/// dimensions). Then append the values: append_values() of their own type, or append_texts().
void append_tensor_head(Buffer& out, Element element, std::span<const std::int64_t> dims);
/// Append a dense vector but for its `size` doubles.
void append_dense_vector_head(Buffer& out, std::size_t size);
/// Append a whole sparse vector. `positions` ascend.
void append_sparse_vector(Buffer& out,
                          std::int64_t size,
                          std::span<const std::int64_t> positions,
                          std::span<const double> values);

/// Append numbers: float, double, std::int32_t, std::int64_t, std::int8_t, std::uint8_t; booleans
/// are std::uint8_t 0 or 1.
template <typename T>
void append_values(Buffer& out, std::span<const T> values) {
  out.append({reinterpret_cast<const char*>(values.data()), values.size_bytes()});  // NOLINT
}

/// Append the values of a string tensor; one whose data() is null is a null.
void append_texts(Buffer& out, std::span<const std::string_view> texts);

}  // namespace alinktf::table
