#include "source/shapes.hpp"

#include "base/text.hpp"
#include "table/nested.hpp"

#include <fmt/format.h>

namespace alinktf::source {

namespace {

/// A sparse vector becomes as many values as it has positions.
std::int64_t dim(const table::NestedView& value, std::size_t axis) {
  return value.kind() == table::NestedKind::kSparseVector ? value.dense_size() : value.dim(axis);
}

}  // namespace

ShapeWatch::ShapeWatch(const table::Schema& schema) {
  for (std::size_t i = 0; i < schema.size(); ++i) {
    if (table::storage(schema[i].type) == table::Storage::kNested) {
      columns_.push_back({.index = i, .name = schema[i].name});
    }
  }
}

void ShapeWatch::reset() {
  for (Column& column : columns_) {
    column.shape.reset();
    column.changing = false;
  }
}

void ShapeWatch::look(const table::RowBlock& block) {
  for (Column& column : columns_) {
    for (std::size_t row = 0; row < block.rows() && !column.changing; ++row) {
      const table::Cell& cell = block.row(row)[column.index];
      if (!cell.null) {
        look(column, cell.bytes());
      }
    }
  }
}

void ShapeWatch::look(Column& column, std::string_view bytes) {
  const table::NestedView value(bytes);
  if (!column.shape) {
    column.shape.emplace();
    for (std::size_t axis = 0; axis < value.rank(); ++axis) {
      column.shape->push_back(dim(value, axis));
    }
    return;
  }
  bool same = value.rank() == column.shape->size();
  for (std::size_t axis = 0; same && axis < value.rank(); ++axis) {
    same = dim(value, axis) == (*column.shape)[axis];
  }
  column.changing = !same;
}

void ShapeWatch::add(const ShapeWatch& later) {
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    const Column& other = later.columns_[i];
    if (!columns_[i].shape) {
      columns_[i] = other;
    } else if (other.shape) {
      columns_[i].changing =
          columns_[i].changing || other.changing || *columns_[i].shape != *other.shape;
    }
  }
}

TensorShapes ShapeWatch::result() const {
  TensorShapes result;
  std::string members;
  for (const Column& column : columns_) {
    if (column.shape) {
      members += fmt::format("{}{}:[{}]",
                             members.empty() ? "" : ",",
                             json_text(column.name),
                             fmt::join(*column.shape, ","));
    }
    if (column.changing) {
      result.changing.push_back(column.name);
    }
  }
  result.json = "{" + members + "}";
  return result;
}

}  // namespace alinktf::source
