#include "formats/columns/decoder.hpp"

#include "base/assert.hpp"
#include "base/text.hpp"
#include "table/nested.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <string>

namespace alinktf::columns {

namespace {

using example::ColumnRule;
using table::Cell;
using table::ColumnType;
using table::Element;
using table::Storage;

/// The kind of an Example's list that holds the same values.
example::Kind list_kind(Kind kind) {
  switch (kind) {
    case Kind::kInt64:
    case Kind::kBool:
      return example::Kind::kInt64List;
    case Kind::kFloat32:
    case Kind::kFloat64:
      return example::Kind::kFloatList;
    case Kind::kBytes:
      return example::Kind::kBytesList;
    default:
      return example::Kind::kNone;
  }
}

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

float rounded(double value) {
  return static_cast<float>(value);
}

/// Bytes of the values in a row; nothing of texts, whose rows differ.
std::size_t row_bytes(const Part& part) {
  switch (part.kind) {
    case Kind::kInt64:
    case Kind::kFloat64:
      return part.count * sizeof(std::int64_t);
    case Kind::kFloat32:
      return part.count * sizeof(float);
    case Kind::kBool:
      return part.count;
    default:
      return 0;
  }
}

}  // namespace

Decoder::Decoder(table::Schema schema)
    : schema_(std::move(schema)), sources_(schema_.size()), errors_(ErrorCode::kWorker) {
  std::transform(
      schema_.begin(), schema_.end(), std::back_inserter(rules_), [](const table::Column& column) {
        return ColumnRule(column.type);
      });
}

Result<void> Decoder::open(std::string_view payload, std::uint32_t records) {
  ++chunk_;
  records_ = records;
  row_ = 0;
  Parts parts(payload, records);
  ALINKTF_ASSIGN_OR_RETURN(const std::uint32_t columns, parts.begin());
  std::size_t guess = 0;
  for (std::uint32_t i = 0; i < columns; ++i) {
    ALINKTF_ASSIGN_OR_RETURN(const Part part, parts.next());
    if (const std::optional<std::size_t> at = find(part.name, guess)) {
      sources_[*at] = {.chunk = chunk_,
                       .way = way_of(rules_[*at], part),
                       .part = part,
                       .lengths = part.lengths,
                       .values = part.values};
      guess = *at + 1;
    }
  }
  ALINKTF_TRY(parts.end());
  for (std::size_t i = 0; i < schema_.size(); ++i) {
    if (sources_[i].chunk != chunk_) {
      return absent(schema_[i], payload);
    }
  }
  return {};
}

/// The column of that name; `guess` is looked at first.
std::optional<std::size_t> Decoder::find(std::string_view name, std::size_t guess) const {
  if (guess < schema_.size() && schema_[guess].name == name) {
    return guess;
  }
  const auto found = std::find_if(schema_.begin(), schema_.end(), [&](const table::Column& column) {
    return column.name == name;
  });
  return found == schema_.end() ? std::nullopt
                                : std::optional(static_cast<std::size_t>(found - schema_.begin()));
}

Decoder::Way Decoder::way_of(const ColumnRule& rule, const Part& part) {
  if (rule.storage == Storage::kNested || rule.type == ColumnType::kDecimal || part.count != 1 ||
      list_kind(part.kind) != rule.kind) {
    return Way::kOther;
  }
  switch (part.kind) {
    case Kind::kInt64:
      return Way::kInt64;
    case Kind::kFloat32:
      return Way::kFloat32;
    case Kind::kFloat64:
      return rule.type == ColumnType::kFloat ? Way::kRounded : Way::kFloat64;
    case Kind::kBool:
      return Way::kBool;
    default:
      return Way::kBytes;
  }
}

Result<void> Decoder::read(Cell* row) {
  ALINKTF_ASSERT(row_ < records_);
  arena_.clear();
  for (std::size_t i = 0; i < sources_.size(); ++i) {
    ALINKTF_TRY(read_cell(i, row[i]));
    skip_values(sources_[i]);
  }
  ++row_;
  return {};
}

inline Result<void> Decoder::read_cell(std::size_t column, Cell& cell) {
  const Source& source = sources_[column];
  if (source.part.nulls != nullptr && source.part.nulls[row_] != 0) {
    cell = Cell::of_null();
    return {};
  }
  switch (source.way) {
    case Way::kFloat32:
      cell = Cell::of_real(static_cast<double>(load_le<float>(source.values)));
      return {};
    case Way::kFloat64:
      cell = Cell::of_real(load_le<double>(source.values));
      return {};
    case Way::kRounded:
      cell = Cell::of_real(static_cast<double>(rounded(load_le<double>(source.values))));
      return {};
    case Way::kInt64:
      cell = Cell::of_integer(load_le<std::int64_t>(source.values));
      return rules_[column].holds(cell.integer)
                 ? Result<void>()
                 : errors_.bad_integer(schema_[column], rules_[column], cell.integer);
    case Way::kBool:
      cell = Cell::of_integer(*source.values != 0 ? 1 : 0);
      return {};
    case Way::kBytes:
      cell = example::bytes_cell(
          rules_[column], {source.values, load_le<std::uint32_t>(source.lengths)}, arena_);
      return {};
    default:
      return read_other(column, cell);
  }
}

/// Go on to the next row's values.
inline void Decoder::skip_values(Source& source) {
  const Part& part = source.part;
  if (part.kind != Kind::kBytes) {
    source.values += row_bytes(part);
    return;
  }
  for (std::size_t i = 0; i < part.count; ++i) {
    source.values += load_le<std::uint32_t>(source.lengths);
    source.lengths += sizeof(std::uint32_t);
  }
}

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
      store_le(to + i * sizeof(float), rounded(real_at(part, values, i)));
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

Error Decoder::absent(const table::Column& column, std::string_view payload) const {
  Parts parts(payload, records_);
  std::vector<std::string> names;
  const auto columns = parts.begin();
  for (std::uint32_t i = 0; columns.ok() && i < columns.value(); ++i) {
    const auto part = parts.next();
    names.push_back(part.ok() ? quote(part.value().name) : "");
  }
  std::sort(names.begin(), names.end());
  return errors_.bad_value(
      column, fmt::format("the batch has no such column; it has {}", fmt::join(names, ", ")));
}

}  // namespace alinktf::columns
