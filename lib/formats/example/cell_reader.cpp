#include "formats/example/cell_reader.hpp"

#include "formats/example/wire.hpp"
#include "table/nested.hpp"

#include <fmt/format.h>

#include <array>

namespace alinktf::example {

namespace {

using table::Cell;
using table::ColumnType;
using table::Element;
using table::Storage;

/// With its article, for messages.
std::string_view list_name(Kind kind) {
  switch (kind) {
    case Kind::kBytesList:
      return "a bytes_list";
    case Kind::kFloatList:
      return "a float_list";
    case Kind::kInt64List:
      return "an int64_list";
    default:
      return "nothing";
  }
}

/// What makes a feature of `kind` in Python.
std::string_view how_to_write(Kind kind) {
  switch (kind) {
    case Kind::kInt64List:
      return "an int in a dict, or tf.train.Feature(int64_list=tf.train.Int64List(value=[...]))";
    case Kind::kFloatList:
      return "a float in a dict, or tf.train.Feature(float_list=tf.train.FloatList(value=[...]))";
    default:
      return "a text or bytes in a dict, or "
             "tf.train.Feature(bytes_list=tf.train.BytesList(value=[...]))";
  }
}

/// Calls `visit(value)` for each float of `piece`.
template <typename Visit>
void for_each_float(std::string_view piece, Visit&& visit) {
  for (std::size_t at = 0; at < piece.size(); at += sizeof(float)) {
    visit(load_le<float>(piece.data() + at));
  }
}

}  // namespace

/// Whether the kind and the number of values fit.
Result<void> CellReader::check(const table::Column& column,
                               const ColumnRule& rule,
                               const Feature& feature) const {
  if (rule.kind != Kind::kNone && feature.kind != rule.kind) {
    return errors_.bad_value(
        column,
        fmt::format("found {}, expected {}; {}",
                    list_name(feature.kind),
                    list_name(rule.kind),
                    errors_.is_input() ? "declare another type in schemaStr"
                                       : fmt::format("write {}", how_to_write(rule.kind))));
  }
  return errors_.check_count(column, rule, feature.count);
}

Result<void> CellReader::read(const table::Column& column,
                              const ColumnRule& rule,
                              const Feature& feature,
                              table::Arena& arena,
                              Cell& cell) {
  if (feature.count == 0) {
    cell = Cell::of_null();
    return {};
  }
  ALINKTF_TRY(check(column, rule, feature));
  switch (rule.storage) {
    case Storage::kReal:
      cell = Cell::of_real(static_cast<double>(load_le<float>(feature.first.data())));
      return {};
    case Storage::kInteger:
      return read_integer(column, rule, feature, cell);
    case Storage::kBytes:
      if (rule.type == ColumnType::kDecimal) {
        return read_decimal(column, feature, arena, cell);
      }
      cell = bytes_cell(rule, feature.first, arena);
      return {};
    default:
      break;
  }
  bytes_.clear();
  list_pieces(feature, pieces_);
  if (feature.kind == Kind::kBytesList && rule.type != ColumnType::kByteTensor) {
    const std::array<std::int64_t, 1> dims = {static_cast<std::int64_t>(pieces_.size())};
    append_string_tensor(bytes_, dims, pieces_, arena);
  } else {
    ALINKTF_TRY(read_nested(column, rule, feature));
  }
  cell = Cell::of_bytes(arena.keep(bytes_.view()));
  return {};
}

Result<void> CellReader::read_decimal(const table::Column& column,
                                      const Feature& feature,
                                      table::Arena& arena,
                                      Cell& cell) {
  bytes_.clear();
  ALINKTF_TRY(errors_.append_decimal(bytes_, column, load_le<float>(feature.first.data())));
  cell = Cell::of_bytes(arena.keep(bytes_.view()));
  return {};
}

Result<void> CellReader::read_integer(const table::Column& column,
                                      const ColumnRule& rule,
                                      const Feature& feature,
                                      Cell& cell) const {
  std::uint64_t bits = 0;
  wire::read_varint(feature.first.data(), feature.first.data() + feature.first.size(), bits);
  const auto value = static_cast<std::int64_t>(bits);
  if (!rule.holds(value)) {
    return errors_.bad_integer(column, rule, value);
  }
  cell = Cell::of_integer(value);
  return {};
}

/// Append the value to bytes_: anything but texts.
Result<void> CellReader::read_nested(const table::Column& column,
                                     const ColumnRule& rule,
                                     const Feature& feature) {
  const std::array<std::int64_t, 1> dims = {static_cast<std::int64_t>(feature.count)};
  switch (feature.kind) {
    case Kind::kBytesList:
      return errors_.append_byte_rows(bytes_, column, pieces_);
    case Kind::kInt64List:
      table::append_tensor_head(bytes_, integer_element(rule.type), dims);
      return append_integers(column, rule);
    default:
      break;
  }
  switch (rule.type) {
    case ColumnType::kSparseVector:
      append_sparse_values();
      break;
    case ColumnType::kVector:
    case ColumnType::kDenseVector:
      table::append_dense_vector_head(bytes_, feature.count);
      append_reals(feature, true);
      break;
    case ColumnType::kDoubleTensor:
      table::append_tensor_head(bytes_, Element::kDouble, dims);
      append_reals(feature, true);
      break;
    default:
      table::append_tensor_head(bytes_, Element::kFloat, dims);
      append_reals(feature, false);
      break;
  }
  return {};
}

void CellReader::append_reals(const Feature& feature, bool as_double) {
  char* to = bytes_.reserve(feature.count * (as_double ? sizeof(double) : sizeof(float)));
  char* const begin = to;
  for (const std::string_view piece : pieces_) {
    if (!as_double) {
      to += piece.copy(to, piece.size());
      continue;
    }
    for_each_float(piece, [&](float value) {
      store_le(to, static_cast<double>(value));
      to += sizeof(double);
    });
  }
  bytes_.commit(static_cast<std::size_t>(to - begin));
}

void CellReader::append_sparse_values() {
  std::vector<double> values;
  for (const std::string_view piece : pieces_) {
    for_each_float(piece, [&](float value) { values.push_back(static_cast<double>(value)); });
  }
  append_sparse(bytes_, values);
}

Result<void> CellReader::append_integers(const table::Column& column, const ColumnRule& rule) {
  const std::size_t size = table::element_bytes(integer_element(rule.type));
  for (const std::string_view piece : pieces_) {
    const char* at = piece.data();
    const char* const end = at + piece.size();
    while (at != end) {
      std::uint64_t bits = 0;
      at = wire::read_varint(at, end, bits);
      const auto value = static_cast<std::int64_t>(bits);
      if (!rule.holds(value)) {
        return errors_.bad_integer(column, rule, value);
      }
      // Little endian: the low bytes come first.
      std::memcpy(bytes_.reserve(sizeof bits), &bits, sizeof bits);
      bytes_.commit(size);
    }
  }
  return {};
}

}  // namespace alinktf::example
