#include "formats/example/cell_reader.hpp"

#include "base/text.hpp"
#include "formats/example/utf8.hpp"
#include "formats/example/wire.hpp"
#include "table/nested.hpp"

#include <fmt/format.h>

#include <array>
#include <bit>
#include <optional>

namespace alinktf::example {

namespace {

using table::Cell;
using table::ColumnType;
using table::Element;
using table::Storage;

/// Cells count their bytes in 32 bits.
constexpr std::size_t kMaxNestedBytes = std::size_t{1} << 31U;

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

/// The Python expression that makes a feature of `kind`.
std::string_view how_to_write(Kind kind) {
  switch (kind) {
    case Kind::kInt64List:
      return "tf.train.Feature(int64_list=tf.train.Int64List(value=[...]))";
    case Kind::kFloatList:
      return "tf.train.Feature(float_list=tf.train.FloatList(value=[...]))";
    default:
      return "tf.train.Feature(bytes_list=tf.train.BytesList(value=[...]))";
  }
}

Kind expected_kind(ColumnType type) {
  const std::optional<table::FeatureKind> kind = table::feature_kind(type);
  if (!kind) {
    return Kind::kNone;
  }
  switch (*kind) {
    case table::FeatureKind::kInt64List:
      return Kind::kInt64List;
    case table::FeatureKind::kFloatList:
      return Kind::kFloatList;
    default:
      return Kind::kBytesList;
  }
}

/// What the values of a tensor column become, if they are integers.
Element integer_element(ColumnType type) {
  switch (type) {
    case ColumnType::kIntTensor:
      return Element::kInt;
    case ColumnType::kBoolTensor:
      return Element::kBoolean;
    case ColumnType::kUbyteTensor:
      return Element::kUbyte;
    default:
      return Element::kLong;
  }
}

/// The range of a signed integer of `bits` bits.
void set_range(ColumnRule& rule, unsigned bits) {
  rule.most = static_cast<std::int64_t>((std::uint64_t{1} << (bits - 1)) - 1);
  rule.least = -rule.most - 1;
}

/// Calls `visit(value)` for each float of `piece`.
template <typename Visit>
void for_each_float(std::string_view piece, Visit&& visit) {
  for (std::size_t at = 0; at < piece.size(); at += sizeof(float)) {
    visit(load_le<float>(piece.data() + at));
  }
}

}  // namespace

ColumnRule::ColumnRule(ColumnType column_type)
    : type(column_type), storage(table::storage(column_type)), kind(expected_kind(column_type)) {
  switch (type) {
    case ColumnType::kBoolean:
    case ColumnType::kBoolTensor:
      least = 0;
      most = 1;
      break;
    case ColumnType::kByte:
      set_range(*this, 8);
      break;
    case ColumnType::kUbyteTensor:
      least = 0;
      most = std::numeric_limits<std::uint8_t>::max();
      break;
    case ColumnType::kShort:
      set_range(*this, 16);
      break;
    case ColumnType::kInt:
    case ColumnType::kIntTensor:
      set_range(*this, 32);
      break;
    default:
      break;
  }
}

Error CellReader::bad_value(const table::Column& column, std::string_view what) const {
  return {
      code_,
      fmt::format("column {} ({}): {}", quote(column.name), table::type_name(column.type), what)};
}

Error CellReader::bad_integer(const table::Column& column,
                              const ColumnRule& rule,
                              std::int64_t value) const {
  const bool nested = rule.storage == Storage::kNested;
  return bad_value(column,
                   fmt::format("found {}, expected {} to {}; declare the column as {} in {} if "
                               "such values are right",
                               value,
                               rule.least,
                               rule.most,
                               nested ? "LONG_TENSOR" : "BIGINT",
                               code_ == ErrorCode::kInput ? "schemaStr" : "outputSchemaStr"));
}

/// Whether the kind and the number of values fit.
Result<void> CellReader::check(const table::Column& column,
                               const ColumnRule& rule,
                               const Feature& feature) const {
  const bool is_input = code_ == ErrorCode::kInput;
  if (rule.kind != Kind::kNone && feature.kind != rule.kind) {
    return bad_value(column,
                     fmt::format("found {}, expected {}; {}",
                                 list_name(feature.kind),
                                 list_name(rule.kind),
                                 is_input ? "declare another type in schemaStr"
                                          : fmt::format("write {}", how_to_write(rule.kind))));
  }
  if (rule.storage != Storage::kNested && feature.count != 1) {
    return bad_value(
        column,
        fmt::format("found {} values, expected one; {}",
                    feature.count,
                    is_input ? "declare a tensor type in schemaStr" : "write one value a row"));
  }
  if (rule.storage == Storage::kNested && feature.count > kMaxNestedBytes / sizeof(std::int64_t)) {
    return bad_value(column,
                     fmt::format("found {} values, expected at most {}",
                                 feature.count,
                                 kMaxNestedBytes / sizeof(std::int64_t)));
  }
  return {};
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
      cell = Cell::of_bytes(rule.type == ColumnType::kVarbinary || is_utf8(feature.first)
                                ? feature.first
                                : arena.keep(repaired_utf8(feature.first)));
      return {};
    default:
      break;
  }
  bytes_.clear();
  list_pieces(feature, pieces_);
  if (feature.kind == Kind::kBytesList && rule.type != ColumnType::kByteTensor) {
    append_strings(arena);
  } else {
    ALINKTF_TRY(read_nested(column, rule, feature));
  }
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
  if (value < rule.least || value > rule.most) {
    return bad_integer(column, rule, value);
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
      return append_byte_rows(column);
    case Kind::kInt64List:
      table::append_tensor_head(bytes_, integer_element(rule.type), dims);
      return append_integers(column, rule);
    default:
      break;
  }
  switch (rule.type) {
    case ColumnType::kSparseVector:
      append_sparse(feature);
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

/// All values but +0.
void CellReader::append_sparse(const Feature& feature) {
  std::vector<std::int64_t> positions;
  std::vector<double> values;
  std::int64_t position = 0;
  for (const std::string_view piece : pieces_) {
    for_each_float(piece, [&](float value) {
      if (std::bit_cast<std::uint32_t>(value) != 0) {
        positions.push_back(position);
        values.push_back(static_cast<double>(value));
      }
      ++position;
    });
  }
  table::append_sparse_vector(bytes_, static_cast<std::int64_t>(feature.count), positions, values);
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
      if (value < rule.least || value > rule.most) {
        return bad_integer(column, rule, value);
      }
      // Little endian: the low bytes come first.
      std::memcpy(bytes_.reserve(sizeof bits), &bits, sizeof bits);
      bytes_.commit(size);
    }
  }
  return {};
}

/// One row a bytes value, as Alink reads BYTE_TENSOR: the rank is always 2.
Result<void> CellReader::append_byte_rows(const table::Column& column) {
  const std::size_t size = pieces_.front().size();
  const std::array<std::int64_t, 2> dims = {static_cast<std::int64_t>(pieces_.size()),
                                            static_cast<std::int64_t>(size)};
  table::append_tensor_head(bytes_, Element::kByte, dims);
  for (const std::string_view piece : pieces_) {
    if (piece.size() != size) {
      return bad_value(
          column,
          fmt::format(
              "found values of {} and of {} bytes, expected rows of one size", size, piece.size()));
    }
    bytes_.append(piece);
  }
  return {};
}

void CellReader::append_strings(table::Arena& arena) {
  for (std::string_view& text : pieces_) {
    if (!is_utf8(text)) {
      text = arena.keep(repaired_utf8(text));
    } else if (text.data() == nullptr) {
      text = "";  // an empty text is no null
    }
  }
  const std::array<std::int64_t, 1> dims = {static_cast<std::int64_t>(pieces_.size())};
  table::append_tensor_head(bytes_, Element::kString, dims);
  table::append_texts(bytes_, pieces_);
}

}  // namespace alinktf::example
