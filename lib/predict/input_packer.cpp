#include "predict/input_packer.hpp"

#include "base/text.hpp"
#include "tensorflow/tensor.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <type_traits>

namespace alinktf::predict {

namespace {

using table::Cell;
using table::Storage;
using tensorflow::DataType;

/// What a cell's values are in the signature: in the row's style without the batch dimension.
std::vector<std::int64_t> wanted_dims(const tensorflow::TensorInfo& info, Style style) {
  std::vector<std::int64_t> dims = info.unknown_rank ? std::vector<std::int64_t>() : info.dims;
  if (style == Style::kRow && !dims.empty()) {
    dims.erase(dims.begin());
  }
  return dims;
}

/// A number that is not null as a T. False if T does not hold it.
template <typename T>
bool to_value(const Cell& cell, bool real, T& value) {
  if constexpr (std::is_floating_point_v<T>) {
    value = real ? static_cast<T>(cell.real) : static_cast<T>(cell.integer);
    return true;
  } else {
    std::int64_t integer = cell.integer;
    if (real) {
      constexpr double kMost = 9.2e18;
      if (!(std::fabs(cell.real) < kMost) || std::trunc(cell.real) != cell.real) {
        return false;
      }
      integer = static_cast<std::int64_t>(cell.real);
    }
    value = static_cast<T>(integer);
    return static_cast<std::int64_t>(value) == integer;
  }
}

std::string number_text(const Cell& cell, table::ColumnType type) {
  Buffer text;
  append_cell_text(cell, type, text);
  return std::string(text.view());
}

}  // namespace

InputPacker::InputPacker(const BoundInput& input, const table::Schema& table, Style style)
    : input_(input), table_(table), style_(style) {
  const auto wanted = wanted_dims(input_.info, style_);
  const table::ColumnType type = table_[input_.columns.front()].type;
  const Storage storage = table::storage(type);
  const bool number = storage == Storage::kInteger || storage == Storage::kReal;
  const bool strings = input_.info.type == DataType::kString;
  if (storage == Storage::kNested || !(number || strings) ||
      (strings && type == table::ColumnType::kString)) {
    cell_values_ =
        std::make_unique<CellValues>(type, input_.info.type, wanted, input_.info.unknown_rank);
    has_lead_ = style_ == Style::kWhole;
    return;
  }
  one_number_ = !strings;
  row_bytes_ = tensorflow::value_bytes(input_.info.type) * input_.columns.size();
  row_dims_ = wanted;
  for (std::int64_t& dim : row_dims_) {
    dim = dim < 0 ? 1 : dim;
  }
  has_lead_ = style_ == Style::kWhole && !row_dims_.empty();
  if (has_lead_) {
    row_dims_.erase(row_dims_.begin());
  }
}

std::string InputPacker::wanted() const {
  const auto dims = wanted_dims(input_.info, style_);
  return fmt::format("the signature's input {} wants {}{}",
                     quote(input_.info.key),
                     tensorflow::describe(input_.info.type, dims),
                     style_ == Style::kRow ? " in each row" : "");
}

UnfitRow InputPacker::unfit_row(std::size_t row, std::size_t column, const std::string& why) const {
  return {.row = row,
          .reason = fmt::format("column {}: {}; {}", quote(table_[column].name), why, wanted())};
}

std::size_t InputPacker::append(const table::RowBlock& block,
                                std::span<const std::size_t> rows,
                                std::vector<UnfitRow>& unfit) {
  if (cell_values_) {
    return append_values(block, rows, unfit);
  }
  if (one_number_) {
    append_numbers_of_type(block, rows, unfit);
  } else {
    append_texts(block, rows, unfit);
  }
  rows_ += rows.size();
  lead_sum_ += rows.size();
  return rows.size();
}

void InputPacker::append_numbers_of_type(const table::RowBlock& block,
                                         std::span<const std::size_t> rows,
                                         std::vector<UnfitRow>& unfit) {
  switch (input_.info.type) {
    case DataType::kFloat:
      return append_numbers<float>(block, rows, unfit);
    case DataType::kDouble:
      return append_numbers<double>(block, rows, unfit);
    case DataType::kInt32:
      return append_numbers<std::int32_t>(block, rows, unfit);
    case DataType::kInt64:
      return append_numbers<std::int64_t>(block, rows, unfit);
    case DataType::kInt16:
      return append_numbers<std::int16_t>(block, rows, unfit);
    case DataType::kInt8:
      return append_numbers<std::int8_t>(block, rows, unfit);
    default:
      return append_numbers<std::uint8_t>(block, rows, unfit);
  }
}

template <typename T>
void InputPacker::append_numbers(const table::RowBlock& block,
                                 std::span<const std::size_t> rows,
                                 std::vector<UnfitRow>& unfit) {
  const std::size_t width = input_.columns.size();
  char* const to = values_.reserve(rows.size() * row_bytes_);
  for (std::size_t i = 0; i < width; ++i) {
    const std::size_t column = input_.columns[i];
    const bool real = table::storage(table_[column].type) == Storage::kReal;
    char* at = to + i * sizeof(T);
    for (const std::size_t row : rows) {
      const Cell& cell = block.row(row)[column];
      T value{};
      if (cell.null || !to_value(cell, real, value)) {
        unfit.push_back(unfit_row(
            row,
            column,
            cell.null ? "it is null" : "found " + number_text(cell, table_[column].type)));
      }
      store_le(at, value);
      at += row_bytes_;
    }
  }
  values_.commit(rows.size() * row_bytes_);
}

void InputPacker::append_texts(const table::RowBlock& block,
                               std::span<const std::size_t> rows,
                               std::vector<UnfitRow>& unfit) {
  const std::size_t column = input_.columns.front();
  for (const std::size_t row : rows) {
    const Cell& cell = block.row(row)[column];
    const std::size_t before = values_.size();
    if (cell.null) {
      unfit.push_back(unfit_row(row, column, "it is null"));
    } else {
      append_cell_text(cell, table_[column].type, values_);
    }
    store_le(sizes_.reserve(sizeof(std::uint32_t)),
             static_cast<std::uint32_t>(values_.size() - before));
    sizes_.commit(sizeof(std::uint32_t));
    ends_.push_back({.values = values_.size(), .sizes = sizes_.size(), .lead = 1});
  }
}

std::size_t InputPacker::append_values(const table::RowBlock& block,
                                       std::span<const std::size_t> rows,
                                       std::vector<UnfitRow>& unfit) {
  const std::size_t column = input_.columns.front();
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const Cell& cell = block.row(rows[i])[column];
    const std::size_t values = values_.size();
    const std::size_t sizes = sizes_.size();
    if (cell.null) {
      unfit.push_back(unfit_row(rows[i], column, "it is null"));
      return i;
    }
    if (const auto appended = cell_values_->append(cell, values_, sizes_); !appended.ok()) {
      unfit.push_back(unfit_row(rows[i], column, appended.error().str()));
      return i;
    }
    if (!take_shape()) {
      values_.truncate(values);
      sizes_.truncate(sizes);
      return i;
    }
  }
  return rows.size();
}

/// Count the row that cell_values_ has appended, if its shape is that of the others.
bool InputPacker::take_shape() {
  const auto& dims = cell_values_->dims();
  const bool lead = style_ == Style::kWhole && !dims.empty();
  const std::span<const std::int64_t> rest = std::span(dims).subspan(lead ? 1 : 0);
  if (rows_ != 0 && (lead != has_lead_ ||
                     !std::equal(rest.begin(), rest.end(), row_dims_.begin(), row_dims_.end()))) {
    return false;
  }
  has_lead_ = lead;
  row_dims_.assign(rest.begin(), rest.end());
  const auto size = lead ? static_cast<std::uint32_t>(dims.front()) : 1;
  ends_.push_back({.values = values_.size(), .sizes = sizes_.size(), .lead = size});
  lead_sum_ += size;
  ++rows_;
  return true;
}

std::optional<std::uint32_t> InputPacker::lead(std::size_t row) const {
  if (style_ == Style::kRow) {
    return 1;
  }
  if (!has_lead_) {
    return std::nullopt;
  }
  return cell_values_ ? ends_[row].lead : 1;
}

void InputPacker::truncate(std::size_t rows) {
  if (one_number_) {
    values_.truncate(rows * row_bytes_);
    lead_sum_ = rows;
  } else {
    // A row that did not fit may have left something behind the last that counts.
    ends_.resize(std::min(rows, ends_.size()));
    values_.truncate(ends_.empty() ? 0 : ends_.back().values);
    sizes_.truncate(ends_.empty() ? 0 : ends_.back().sizes);
    lead_sum_ = 0;
    for (const End& end : ends_) {
      lead_sum_ += end.lead;
    }
  }
  rows_ = std::min(rows, rows_);
}

void InputPacker::append_tensor(Buffer& out, bool whole) const {
  std::vector<std::int64_t> dims;
  if (style_ == Style::kRow ? !(whole && input_.info.dims.empty() && !input_.info.unknown_rank)
                            : has_lead_) {
    dims.push_back(static_cast<std::int64_t>(lead_sum_));
  }
  dims.insert(dims.end(), row_dims_.begin(), row_dims_.end());
  const std::size_t size = values_.size() + sizes_.size();
  tensorflow::append_tensor_head(out, input_.info.type, dims, size);
  out.append(sizes_.view());
  out.append(values_.view());
  out.append(std::string_view("\0\0\0\0\0\0\0", (8 - size % 8) % 8));
}

}  // namespace alinktf::predict
