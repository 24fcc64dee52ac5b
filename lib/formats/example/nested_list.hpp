// Vectors and tensors to the lists of tf.train.Features.
#pragma once

#include "table/nested.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace alinktf::example {

/// The list that a vector or a tensor becomes: a float_list of floats and doubles, a bytes_list of
/// texts (a null is an empty one) and of BYTEs (one value for each run along the last axis), an
/// int64_list of other integers. Values stand in row-major order. Sparse vectors become dense.
/// Measured when made, then written.
class NestedList {
 public:
  /// A sparse vector may have this size at most: 256 MiB in the Example.
  static constexpr std::int64_t kMaxDenseSize = std::int64_t{64} << 20U;

  /// `bytes` as table/nested.hpp lays them out. A sparse vector must be fits().
  explicit NestedList(std::string_view bytes);

  /// False if `view` is a sparse vector that has too many values as a dense one, or a position that
  /// it cannot have.
  static bool fits(const table::NestedView& view);

  /// The tag of the list in its Feature.
  [[nodiscard]] char tag() const { return tag_; }
  /// Bytes of the list's message.
  [[nodiscard]] std::size_t size() const { return size_; }
  /// Write the message, size() bytes, and return its end.
  char* write(char* to) const;

 private:
  void measure_floats();
  void measure_integers();
  void measure_texts();
  void measure_byte_rows();
  char* write_floats(char* to) const;
  char* write_integers(char* to) const;
  char* write_texts(char* to) const;
  char* write_byte_rows(char* to) const;

  table::NestedView view_;
  char tag_ = 0;
  std::size_t size_ = 0;
  std::size_t packed_ = 0;     ///< Bytes of the packed numbers.
  std::size_t rows_ = 0;       ///< Of BYTEs.
  std::size_t row_bytes_ = 0;  ///< Of BYTEs.
};

}  // namespace alinktf::example
