#include "formats/columns/encoder.hpp"

#include "base/assert.hpp"
#include "base/text.hpp"
#include "formats/chunk/chunk.hpp"
#include "formats/example/nested_list.hpp"
#include "formats/example/wire.hpp"
#include "formats/text_form/decimal.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <numeric>

namespace alinktf::columns {

namespace {

using example::wire::kMaxVarintBytes;
using example::wire::write_varint;
using table::Cell;
using table::FeatureKind;
using table::Storage;

// Fields of TensorProto, with wire type.
constexpr char kDtype = 0x08;
constexpr char kShape = 0x12;
constexpr char kContent = 0x22;
// Of TensorShapeProto and its Dim.
constexpr char kDim = 0x12;
constexpr char kSize = 0x08;

void append_varint(std::uint64_t value, Buffer& out) {
  char* const to = out.reserve(kMaxVarintBytes);
  out.commit(static_cast<std::size_t>(write_varint(value, to) - to));
}

/// A value of a string tensor.
void append_text(std::string_view text, Buffer& out) {
  out.push_back(chunk::kTensorValue);
  append_varint(text.size(), out);
  out.append(text);
}

char dtype_of(FeatureKind kind) {
  switch (kind) {
    case FeatureKind::kFloatList:
      return 1;
    case FeatureKind::kInt64List:
      return 9;
    case FeatureKind::kBytesList:
      break;
  }
  return 7;
}

/// dtype and shape of a TensorProto: `rows` values of the shape `dims`.
void append_tensor_head(FeatureKind kind,
                        std::size_t rows,
                        const std::vector<std::int64_t>& dims,
                        Buffer& out) {
  Buffer shape;
  const auto append_dim = [&](std::uint64_t size) {
    Buffer dim;
    dim.push_back(kSize);
    append_varint(size, dim);
    shape.push_back(kDim);
    append_varint(dim.size(), shape);
    shape.append(dim.view());
  };
  append_dim(rows);
  for (const std::int64_t dim : dims) {
    append_dim(static_cast<std::uint64_t>(dim));
  }
  out.push_back(kDtype);
  out.push_back(dtype_of(kind));
  out.push_back(kShape);
  append_varint(shape.size(), out);
  out.append(shape.view());
}

/// Room for the length of a part; set_length() fills it in.
std::size_t begin_part(Buffer& out) {
  out.reserve(sizeof(std::uint32_t));
  out.commit(sizeof(std::uint32_t));
  return out.size();
}

void end_part(std::size_t begin, Buffer& out) {
  store_le(out.data() + begin - sizeof(std::uint32_t),
           static_cast<std::uint32_t>(out.size() - begin));
}

template <typename T>
void append_columns(
    const T* values, std::size_t columns, std::size_t most, std::size_t rows, Buffer& out) {
  const std::size_t bytes = rows * sizeof(T);
  char* to = out.reserve(columns * bytes);
  for (std::size_t i = 0; i < columns; ++i) {
    std::memcpy(to, values + i * most, bytes);
    to += bytes;
  }
  out.commit(columns * bytes);
}

Encoder::Kind kind_of(const table::Column& column) {
  switch (table::storage(column.type)) {
    case Storage::kInteger:
      return Encoder::Kind::kInt64;
    case Storage::kReal:
      return Encoder::Kind::kFloat32;
    case Storage::kNested:
      return Encoder::Kind::kNested;
    case Storage::kBytes:
      break;
  }
  return column.type == table::ColumnType::kDecimal ? Encoder::Kind::kFloat32
                                                    : Encoder::Kind::kText;
}

void append_sparse(const table::NestedView& value, Buffer& out) {
  const auto size = static_cast<std::size_t>(value.dense_size());
  const std::size_t bytes = size * sizeof(float);
  char* const to = out.reserve(bytes);
  std::memset(to, 0, bytes);
  for (std::size_t i = 0; i < value.count(); ++i) {
    store_le(to + static_cast<std::size_t>(value.position(i)) * sizeof(float),
             static_cast<float>(value.real(i)));
  }
  out.commit(bytes);
}

void append_values(const table::NestedView& value, FeatureKind kind, Buffer& out) {
  if (value.kind() == table::NestedKind::kSparseVector) {
    return append_sparse(value, out);
  }
  if (kind == FeatureKind::kBytesList) {
    return value.for_each_text([&](std::string_view text, bool) { append_text(text, out); });
  }
  for (std::size_t i = 0; i < value.count(); ++i) {
    if (kind == FeatureKind::kFloatList) {
      store_le(out.reserve(sizeof(float)), static_cast<float>(value.real(i)));
      out.commit(sizeof(float));
    } else {
      store_le(out.reserve(sizeof(std::int64_t)), value.integer(i));
      out.commit(sizeof(std::int64_t));
    }
  }
}

std::vector<std::int64_t> dims_of(const table::NestedView& value) {
  if (value.kind() == table::NestedKind::kSparseVector) {
    return {value.dense_size()};
  }
  std::vector<std::int64_t> dims(value.rank());
  for (std::size_t axis = 0; axis < dims.size(); ++axis) {
    dims[axis] = value.dim(axis);
  }
  return dims;
}

}  // namespace

Result<void> Encoder::check(const table::Schema& schema) {
  for (const table::Column& column : schema) {
    if (column.type == table::ColumnType::kTensor ||
        column.type == table::ColumnType::kByteTensor) {
      return Error(ErrorCode::kSpec,
                   fmt::format("column {} ({}): has no dense form for format=\"columns\"; leave it "
                               "out with selectedCols, give it another type, or read records",
                               quote(column.name),
                               table::type_name(column.type)));
    }
  }
  return {};
}

Encoder::Encoder(const table::Schema& schema, std::size_t rows) : most_(rows) {
  for (const table::Column& column : schema) {
    Column made{.kind = kind_of(column),
                .decimal = column.type == table::ColumnType::kDecimal,
                .name = column.name,
                .type = table::type_name(column.type),
                .feature = table::feature_kind(column.type).value_or(FeatureKind::kBytesList),
                .values = {},
                .dims = {}};
    if (made.kind != Kind::kNested) {
      std::size_t& count = made.kind == Kind::kInt64     ? integers_
                           : made.kind == Kind::kFloat32 ? floats_
                                                         : texts_;
      made.place = count++;
    }
    columns_.push_back(std::move(made));
  }
  integer_values_ = std::make_unique_for_overwrite<std::int64_t[]>(integers_ * most_);
  float_values_ = std::make_unique_for_overwrite<float[]>(floats_ * most_);
}

std::size_t Encoder::bytes() const {
  const std::size_t fixed = integers_ * sizeof(std::int64_t) + floats_ * sizeof(float);
  return std::accumulate(
      columns_.begin(), columns_.end(), rows_ * fixed, [](std::size_t sum, const Column& column) {
        return sum + column.values.size();
      });
}

Result<std::size_t> Encoder::append(const table::RowBlock& block,
                                    std::size_t first,
                                    std::size_t step) {
  const std::size_t there = first < block.rows() ? (block.rows() - first + step - 1) / step : 0;
  const std::size_t count = std::min(there, most_ - rows_);
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    ALINKTF_TRY(append_column(i, block, first, step, count));
  }
  rows_ += count;
  return count;
}

Result<void> Encoder::append_column(std::size_t index,
                                    const table::RowBlock& block,
                                    std::size_t first,
                                    std::size_t step,
                                    std::size_t count) {
  Column& column = columns_[index];
  const std::size_t stride = block.width() * step;
  const Cell* cell = count == 0 ? nullptr : block.row(first).data() + index;
  std::int64_t* integer = integer_values_.get() + column.place * most_ + rows_;
  float* real = float_values_.get() + column.place * most_ + rows_;
  for (std::size_t i = 0; i < count; ++i, cell += stride) {
    if (column.kind == Kind::kFloat32) {
      *real++ = cell->null       ? std::numeric_limits<float>::quiet_NaN()
                : column.decimal ? text_form::decimal_to_float(cell->bytes())
                                 : static_cast<float>(cell->real);
    } else if (column.kind == Kind::kText) {
      append_text(cell->null ? std::string_view() : cell->bytes(), column.values);
    } else if (cell->null) {
      bad_row_ = first + i * step;
      return no_value(column);
    } else if (column.kind == Kind::kInt64) {
      *integer++ = cell->integer;
    } else if (auto appended = append_nested(column, *cell); !appended.ok()) {
      bad_row_ = first + i * step;
      return appended;
    }
  }
  return {};
}

Error Encoder::no_value(const Column& column) {
  return Error(ErrorCode::kInput,
               fmt::format("column {} ({}): found null, expected a value, because dense columns "
                           "have no nulls but NaN and empty texts; write coalesce({}, …) in the "
                           "select, leave such rows out with where, or read records",
                           quote(column.name),
                           column.type,
                           column.name));
}

Result<void> Encoder::append_nested(Column& column, const Cell& cell) {
  const table::NestedView value(cell.bytes());
  if (!example::NestedList::fits(value)) {
    return Error(ErrorCode::kInput,
                 fmt::format("column {} ({}): found a sparse vector of size {}, which is too large "
                             "as a dense one, or has positions outside of its size",
                             quote(column.name),
                             column.type,
                             value.dense_size()));
  }
  auto dims = dims_of(value);
  if (!column.has_dims) {
    column.dims = std::move(dims);
    column.has_dims = true;
  } else if (dims != column.dims) {
    return Error(ErrorCode::kInput,
                 fmt::format("column {} ({}): found the shape [{}], expected [{}] as in the rows "
                             "before; dense columns need one shape: read records instead",
                             quote(column.name),
                             column.type,
                             fmt::join(dims, ", "),
                             fmt::join(column.dims, ", ")));
  }
  append_values(value, column.feature, column.values);
  return {};
}

void Encoder::finish(Buffer& out) {
  ALINKTF_ASSERT(rows_ > 0);
  if (integers_ + floats_ > 0) {
    finish_numbers(out);
  }
  if (texts_ > 0) {
    finish_texts(out);
  }
  for (Column& column : columns_) {
    if (column.kind == Kind::kNested) {
      finish_nested(column, out);
      column.values.clear();
      column.has_dims = false;
    }
  }
  rows_ = 0;
}

void Encoder::finish_numbers(Buffer& out) {
  const std::size_t part = begin_part(out);
  append_columns(integer_values_.get(), integers_, most_, rows_, out);
  append_columns(float_values_.get(), floats_, most_, rows_, out);
  end_part(part, out);
}

/// One tensor for all columns of texts: one after the other.
void Encoder::finish_texts(Buffer& out) {
  const std::size_t part = begin_part(out);
  chunk::store_tensor_head(out.reserve(chunk::kTensorHeadBytes),
                           static_cast<std::uint32_t>(texts_ * rows_));
  out.commit(chunk::kTensorHeadBytes);
  for (Column& column : columns_) {
    if (column.kind == Kind::kText) {
      out.append(column.values.view());
      column.values.clear();
    }
  }
  end_part(part, out);
}

void Encoder::finish_nested(Column& column, Buffer& out) const {
  const std::size_t part = begin_part(out);
  append_tensor_head(column.feature, rows_, column.dims, out);
  if (column.feature != FeatureKind::kBytesList) {
    out.push_back(kContent);
    append_varint(column.values.size(), out);
  }
  out.append(column.values.view());
  end_part(part, out);
}

}  // namespace alinktf::columns
