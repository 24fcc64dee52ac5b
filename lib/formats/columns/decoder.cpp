#include "formats/columns/decoder.hpp"

#include "base/assert.hpp"
#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <string>

namespace alinktf::columns {

namespace {

using example::ColumnRule;
using table::Cell;
using table::ColumnType;
using table::Storage;

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

example::Kind Decoder::list_kind(Kind kind) {
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
