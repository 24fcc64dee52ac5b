// Serialized tf.train.Examples to rows.
#pragma once

#include "base/result.hpp"
#include "table/row_block.hpp"
#include "table/schema.hpp"

#include <memory>
#include <string_view>

namespace alinktf::example {

/// Reads the features that an output schema names from tf.train.Example messages.
///
/// Features that no column names are ignored; names are case-sensitive, as in TensorFlow.
class Decoder {
 public:
  /// Every column's storage is integer, real or bytes: nested types are refused by the caller.
  explicit Decoder(table::Schema schema);
  Decoder(const Decoder&) = delete;
  Decoder& operator=(const Decoder&) = delete;
  Decoder(Decoder&&) noexcept;
  Decoder& operator=(Decoder&&) noexcept;
  ~Decoder();

  [[nodiscard]] const table::Schema& schema() const;

  /// Read `serialized` into `row`, one cell a column. A feature without a kind and an empty list
  /// are null. Text cells are valid until the next decode; bytes of a STRING that are no UTF-8
  /// become U+FFFD.
  ///
  /// kWorker, without a place: no Example, an absent feature, several values, a kind that does not
  /// fit the column, an integer out of the column's range.
  Result<void> decode(std::string_view serialized, table::Cell* row);

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace alinktf::example
