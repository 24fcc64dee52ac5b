#include "predict/batcher.hpp"

#include "tensorflow/message.hpp"

#include <algorithm>

namespace alinktf::predict {

Batcher::Batcher(const Binding& binding, std::size_t batch_rows, Callbacks callbacks)
    : binding_(binding),
      batch_rows_(binding.batchable ? batch_rows : 1),
      callbacks_(std::move(callbacks)) {
  for (const BoundInput& input : binding.inputs) {
    packers_.emplace_back(input, binding.table, binding.style);
  }
  for (const std::size_t column : binding.kept) {
    const auto storage = table::storage(binding.table[column].type);
    kept_texts_.push_back(storage == table::Storage::kBytes || storage == table::Storage::kNested);
  }
}

Result<void> Batcher::add(const table::RowBlock& block, std::span<const std::uint64_t> numbers) {
  rows_.resize(block.rows());
  for (std::size_t i = 0; i < rows_.size(); ++i) {
    rows_[i] = i;
  }
  std::size_t done = 0;
  while (done < rows_.size()) {
    const std::size_t room = std::min(batch_rows_ - batch_.rows, rows_.size() - done);
    const auto rows = std::span(rows_).subspan(done, room);
    ALINKTF_ASSIGN_OR_RETURN(const std::size_t taken, add_some(block, rows, numbers));
    if (!unfit_.empty()) {
      ALINKTF_TRY(reject(block, numbers));
      continue;
    }
    done += taken;
    if (taken < room || batch_.rows == batch_rows_ || batch_.whole) {
      ALINKTF_TRY(flush());
    }
  }
  return {};
}

/// Pack as many of `rows` as go into the batch. If some are unfit, nothing of them stays packed.
Result<std::size_t> Batcher::add_some(const table::RowBlock& block,
                                      std::span<const std::size_t> rows,
                                      std::span<const std::uint64_t> numbers) {
  unfit_.clear();
  std::size_t count = rows.size();
  for (InputPacker& packer : packers_) {
    const std::size_t packed = packer.append(block, rows.first(count), unfit_);
    count = unfit_.empty() ? packed : count;
  }
  if (unfit_.empty()) {
    count = agreeing_rows(count);
  }
  const std::size_t keep_rows = unfit_.empty() ? batch_.rows + count : batch_.rows;
  for (InputPacker& packer : packers_) {
    packer.truncate(keep_rows);
  }
  if (unfit_.empty()) {
    keep(block, rows.first(count), numbers);
  }
  return count;
}

/// How many of the `count` rows that were packed last can go into the batch: rows whose inputs
/// differ in their first dimension, or have none, are a batch of their own.
std::size_t Batcher::agreeing_rows(std::size_t count) {
  if (binding_.style == Style::kRow) {
    batch_.whole = !binding_.batchable;
    return count;
  }
  for (std::size_t i = 0; i < count; ++i) {
    const auto lead = packers_.empty() ? std::nullopt : packers_.front().lead(batch_.rows + i);
    const bool agree =
        lead && std::all_of(packers_.begin(), packers_.end(), [&](const auto& packer) {
          return packer.lead(batch_.rows + i) == lead;
        });
    if (!agree || !binding_.batchable) {
      if (i == 0 && batch_.rows == 0) {
        batch_.whole = true;
        return 1;
      }
      return i;
    }
    batch_.parts.push_back(*lead);
  }
  return count;
}

void Batcher::keep(const table::RowBlock& block,
                   std::span<const std::size_t> rows,
                   std::span<const std::uint64_t> numbers) {
  for (const std::size_t row : rows) {
    batch_.numbers.push_back(numbers[row]);
    const auto cells = block.row(row);
    for (std::size_t i = 0; i < binding_.kept.size(); ++i) {
      table::Cell cell = cells[binding_.kept[i]];
      if (kept_texts_[i] && !cell.null) {
        cell.text = batch_.texts.keep(cell.bytes()).data();
      }
      batch_.kept.push_back(cell);
    }
  }
  batch_.rows += rows.size();
}

/// Leave the unfit rows out of rows_.
Result<void> Batcher::reject(const table::RowBlock& block, std::span<const std::uint64_t> numbers) {
  // Several columns of a row may be unfit: the first of them is told.
  std::stable_sort(unfit_.begin(), unfit_.end(), [](const UnfitRow& a, const UnfitRow& b) {
    return a.row < b.row;
  });
  const UnfitRow* last = nullptr;
  for (const UnfitRow& row : unfit_) {
    if (last == nullptr || last->row != row.row) {
      ALINKTF_TRY(callbacks_.reject(block, row, numbers[row.row]));
      rows_.erase(std::lower_bound(rows_.begin(), rows_.end(), row.row));
    }
    last = &row;
  }
  return {};
}

Result<void> Batcher::flush() {
  if (batch_.rows == 0) {
    return {};
  }
  tensorflow::start_message(batch_.request);
  for (InputPacker& packer : packers_) {
    packer.append_tensor(batch_.request, batch_.whole);
    packer.truncate(0);
  }
  ALINKTF_TRY(callbacks_.take(batch_));
  batch_.clear();
  return {};
}

}  // namespace alinktf::predict
