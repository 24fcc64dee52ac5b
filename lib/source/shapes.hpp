// The shapes of an input's vectors and tensors, for tensor_shapes.txt.
#pragma once

#include "source/record_stream.hpp"
#include "table/row_block.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace alinktf::source {

/// Notes the shape of the first value of each vector or tensor column, and which columns hold other
/// shapes as well. Costs nothing where there is no such column.
class ShapeWatch {
 public:
  explicit ShapeWatch(const table::Schema& schema);

  void look(const table::RowBlock& block);
  /// Forget what was seen.
  void reset();
  /// Add what `later` has seen, of the same schema, in rows behind ours.
  void add(const ShapeWatch& later);
  [[nodiscard]] TensorShapes result() const;

 private:
  using Shape = std::vector<std::int64_t>;

  struct Column {
    std::size_t index = 0;
    std::string name;
    std::optional<Shape> shape = {};  ///< nothing: only nulls so far
    bool changing = false;
  };

  static void look(Column& column, std::string_view bytes);

  std::vector<Column> columns_;
};

}  // namespace alinktf::source
