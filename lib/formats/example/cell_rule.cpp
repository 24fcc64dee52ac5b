#include "formats/example/cell_rule.hpp"

#include "base/text.hpp"
#include "base/utf8.hpp"
#include "formats/text_form/decimal.hpp"

#include <fmt/format.h>

#include <array>
#include <bit>
#include <optional>
#include <vector>

namespace alinktf::example {

namespace {

using table::Cell;
using table::ColumnType;
using table::Element;
using table::Storage;

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

/// The range of a signed integer of `bits` bits.
void set_range(ColumnRule& rule, unsigned bits) {
  rule.most = static_cast<std::int64_t>((std::uint64_t{1} << (bits - 1)) - 1);
  rule.least = -rule.most - 1;
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

Cell bytes_cell(const ColumnRule& rule, std::string_view bytes, table::Arena& arena) {
  return Cell::of_bytes(rule.type == ColumnType::kVarbinary || is_utf8(bytes)
                            ? bytes
                            : arena.keep(repaired_utf8(bytes)));
}

void append_sparse(Buffer& out, std::span<const double> values) {
  std::vector<std::int64_t> positions;
  std::vector<double> present;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (std::bit_cast<std::uint64_t>(values[i]) != 0) {
      positions.push_back(static_cast<std::int64_t>(i));
      present.push_back(values[i]);
    }
  }
  table::append_sparse_vector(out, static_cast<std::int64_t>(values.size()), positions, present);
}

void append_string_tensor(Buffer& out,
                          std::span<const std::int64_t> dims,
                          std::span<std::string_view> texts,
                          table::Arena& arena) {
  for (std::string_view& text : texts) {
    if (!is_utf8(text)) {
      text = arena.keep(repaired_utf8(text));
    } else if (text.data() == nullptr) {
      text = "";  // an empty text is no null
    }
  }
  table::append_tensor_head(out, Element::kString, dims);
  table::append_texts(out, texts);
}

Error ValueErrors::bad_value(const table::Column& column, std::string_view what) const {
  return {
      code_,
      fmt::format("column {} ({}): {}", quote(column.name), table::type_name(column.type), what)};
}

Error ValueErrors::bad_integer(const table::Column& column,
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
                               is_input() ? "schemaStr" : "outputSchemaStr"));
}

Result<void> ValueErrors::check_count(const table::Column& column,
                                      const ColumnRule& rule,
                                      std::size_t count) const {
  if (rule.storage != Storage::kNested && count != 1) {
    return bad_value(
        column,
        fmt::format("found {} values, expected one; {}",
                    count,
                    is_input() ? "declare a tensor type in schemaStr" : "write one value a row"));
  }
  if (rule.storage == Storage::kNested && count > kMaxNestedValues) {
    return bad_value(column,
                     fmt::format("found {} values, expected at most {}", count, kMaxNestedValues));
  }
  return {};
}

Result<void> ValueErrors::append_byte_rows(Buffer& out,
                                           const table::Column& column,
                                           std::span<const std::string_view> rows) const {
  const std::size_t size = rows.front().size();
  const std::array<std::int64_t, 2> dims = {static_cast<std::int64_t>(rows.size()),
                                            static_cast<std::int64_t>(size)};
  table::append_tensor_head(out, Element::kByte, dims);
  for (const std::string_view row : rows) {
    if (row.size() != size) {
      return bad_value(
          column,
          fmt::format(
              "found values of {} and of {} bytes, expected rows of one size", size, row.size()));
    }
    out.append(row);
  }
  return {};
}

Error ValueErrors::not_finite(const table::Column& column, double value) const {
  return bad_value(column,
                   fmt::format("found {}, expected a finite number; declare the column as DOUBLE "
                               "in {} if such values are right",
                               value,
                               is_input() ? "schemaStr" : "outputSchemaStr"));
}

Result<void> ValueErrors::append_decimal(Buffer& out,
                                         const table::Column& column,
                                         float value) const {
  return text_form::append_decimal(value, out) ? Result<void>()
                                               : not_finite(column, static_cast<double>(value));
}

Result<void> ValueErrors::append_decimal(Buffer& out,
                                         const table::Column& column,
                                         double value) const {
  return text_form::append_decimal(value, out) ? Result<void>() : not_finite(column, value);
}

}  // namespace alinktf::example
