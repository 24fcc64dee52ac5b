// The part of Decoder that reads decimals, vectors and tensors, and tells what does not fit.
#include "formats/columns/decoder.hpp"
#include "table/nested.hpp"

#include <fmt/format.h>

namespace alinktf::columns {

namespace {

using example::ColumnRule;
using table::Cell;
using table::ColumnType;
using table::Element;

std::string_view values_name(example::Kind kind) {
  switch (kind) {
    case example::Kind::kInt64List:
      return "integers";
    case example::Kind::kFloatList:
      return "floats";
    case example::Kind::kBytesList:
      return "texts or bytes";
    default:
      return "nothing";
  }
}

/// How a script makes a column of such values.
std::string_view how_to_write(example::Kind kind) {
  switch (kind) {
    case example::Kind::kInt64List:
      return "array.astype(\"int64\")";
    case example::Kind::kFloatList:
      return "array.astype(\"float64\")";
    default:
      return "a list of str or bytes";
  }
}

std::int64_t integer_at(const Part& part, const char* values, std::size_t index) {
  return part.kind == Kind::kBool ? static_cast<std::int64_t>(values[index] != 0)
                                  : load_le<std::int64_t>(values + index * sizeof(std::int64_t));
}

double real_at(const Part& part, const char* values, std::size_t index) {
  return part.kind == Kind::kFloat32
             ? static_cast<double>(load_le<float>(values + index * sizeof(float)))
             : load_le<double>(values + index * sizeof(double));
}

}  // namespace

Result<void> Decoder::check(std::size_t column) const {
  const ColumnRule& rule = rules_[column];
  const Part& part = sources_[column].part;
  const example::Kind kind = list_kind(part.kind);
  if (kind == example::Kind::kNone || (rule.kind != example::Kind::kNone && kind != rule.kind)) {
    return errors_.bad_value(schema_[column],
                             fmt::format("found {}, expected {}; give write_batch {}",
                                         values_name(kind),
                                         values_name(rule.kind),
                                         how_to_write(rule.kind)));
  }
  return errors_.check_count(schema_[column], rule, part.count);
}

/// A decimal, a vector, a tensor, or what does not fit the column.
Result<void> Decoder::read_other(std::size_t column, Cell& cell) {
  ALINKTF_TRY(check(column));
  const Part& part = sources_[column].part;
  bytes_.clear();
  list_dims(part);
  switch (list_kind(part.kind)) {
    case example::Kind::kBytesList:
      ALINKTF_TRY(read_texts(column));
      break;
    case example::Kind::kInt64List:
      ALINKTF_TRY(append_integers(column));
      break;
    default:
      ALINKTF_TRY(append_reals(column));
      break;
  }
  cell = Cell::of_bytes(arena_.keep(bytes_.view()));
  return {};
}

/// The inner shape; one value without any is a tensor of one dimension, as in an Example.
void Decoder::list_dims(const Part& part) {
  dims_.clear();
  for (std::size_t at = 0; at < part.dims.size(); at += sizeof(std::uint32_t)) {
    dims_.push_back(load_le<std::uint32_t>(part.dims.data() + at));
  }
  if (dims_.empty()) {
    dims_.push_back(1);
  }
}

Result<void> Decoder::read_texts(std::size_t column) {
  const Source& source = sources_[column];
  texts_.clear();
  const char* at = source.values;
  for (std::size_t i = 0; i < source.part.count; ++i) {
    const auto size = load_le<std::uint32_t>(source.lengths + i * sizeof(std::uint32_t));
    texts_.emplace_back(at, size);
    at += size;
  }
  if (rules_[column].type == ColumnType::kByteTensor) {
    return errors_.append_byte_rows(bytes_, schema_[column], texts_);
  }
  example::append_string_tensor(bytes_, dims_, texts_, arena_);
  return {};
}

Result<void> Decoder::append_integers(std::size_t column) {
  const ColumnRule& rule = rules_[column];
  const Source& source = sources_[column];
  const Element element = example::integer_element(rule.type);
  const std::size_t size = table::element_bytes(element);
  table::append_tensor_head(bytes_, element, dims_);
  for (std::size_t i = 0; i < source.part.count; ++i) {
    const std::int64_t value = integer_at(source.part, source.values, i);
    if (!rule.holds(value)) {
      return errors_.bad_integer(schema_[column], rule, value);
    }
    // Little endian: the low bytes come first.
    store_le(bytes_.reserve(sizeof value), value);
    bytes_.commit(size);
  }
  return {};
}

Result<void> Decoder::append_reals(std::size_t column) {
  const ColumnRule& rule = rules_[column];
  const Part& part = sources_[column].part;
  const char* const values = sources_[column].values;
  if (rule.type == ColumnType::kDecimal) {
    return part.kind == Kind::kFloat32
               ? errors_.append_decimal(bytes_, schema_[column], load_le<float>(values))
               : errors_.append_decimal(bytes_, schema_[column], load_le<double>(values));
  }
  if (rule.type == ColumnType::kFloatTensor ||
      (rule.type == ColumnType::kTensor && part.kind == Kind::kFloat32)) {
    table::append_tensor_head(bytes_, Element::kFloat, dims_);
    char* const to = bytes_.reserve(part.count * sizeof(float));
    for (std::size_t i = 0; i < part.count; ++i) {
      store_le(to + i * sizeof(float), static_cast<float>(real_at(part, values, i)));
    }
    bytes_.commit(part.count * sizeof(float));
    return {};
  }
  reals_.resize(part.count);
  for (std::size_t i = 0; i < part.count; ++i) {
    reals_[i] = real_at(part, values, i);
  }
  if (rule.type == ColumnType::kSparseVector) {
    example::append_sparse(bytes_, reals_);
    return {};
  }
  if (rule.type == ColumnType::kVector || rule.type == ColumnType::kDenseVector) {
    table::append_dense_vector_head(bytes_, part.count);
  } else {
    table::append_tensor_head(bytes_, Element::kDouble, dims_);
  }
  table::append_values<double>(bytes_, reals_);
  return {};
}

}  // namespace alinktf::columns
