// Cells of many rows to one tensor.
#pragma once

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "predict/binding.hpp"
#include "predict/cell_values.hpp"
#include "table/row_block.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace alinktf::predict {

/// A row of a block that cannot be scored, and why.
struct UnfitRow {
  std::size_t row = 0;  ///< of the block
  std::string reason;   ///< "column 'x': …"
};

/// Packs the rows of one input of the signature, column by column.
class InputPacker {
 public:
  /// `table` is the schema of the blocks.
  InputPacker(const BoundInput& input, const table::Schema& table, Style style);

  /// Append `rows` of `block`: as many of them, from the first, as have the shape of those that are
  /// packed already. Rows that do not fit the signature are added to `unfit`; what was appended is
  /// of no use then.
  std::size_t append(const table::RowBlock& block,
                     std::span<const std::size_t> rows,
                     std::vector<UnfitRow>& unfit);

  /// The first dimension of the tensor that row `row` is, from the first packed one; nothing if it
  /// has none or the style gives it one.
  [[nodiscard]] std::optional<std::uint32_t> lead(std::size_t row) const;

  [[nodiscard]] std::size_t rows() const { return rows_; }
  /// Forget all but the first `rows` rows.
  void truncate(std::size_t rows);

  /// Append the tensor of all rows to `out`, as tensorflow::append_tensor() does. `whole`: the only
  /// row is a whole tensor.
  void append_tensor(Buffer& out, bool whole) const;

 private:
  template <typename T>
  void append_numbers(const table::RowBlock& block,
                      std::span<const std::size_t> rows,
                      std::vector<UnfitRow>& unfit);
  void append_numbers_of_type(const table::RowBlock& block,
                              std::span<const std::size_t> rows,
                              std::vector<UnfitRow>& unfit);
  void append_texts(const table::RowBlock& block,
                    std::span<const std::size_t> rows,
                    std::vector<UnfitRow>& unfit);
  std::size_t append_values(const table::RowBlock& block,
                            std::span<const std::size_t> rows,
                            std::vector<UnfitRow>& unfit);
  [[nodiscard]] UnfitRow unfit_row(std::size_t row,
                                   std::size_t column,
                                   const std::string& why) const;
  [[nodiscard]] std::string wanted() const;
  bool take_shape();

  struct End {
    std::size_t values = 0;
    std::size_t sizes = 0;
    std::uint32_t lead = 1;
  };

  BoundInput input_;
  table::Schema table_;
  Style style_;
  /// Of columns whose cells may hold any number of values; the others hold one.
  std::unique_ptr<CellValues> cell_values_;
  std::vector<std::int64_t> row_dims_;  ///< of each row, without the first if the style is whole
  bool has_lead_ = false;               ///< a row's tensor has a first dimension of its own
  std::size_t rows_ = 0;
  std::size_t lead_sum_ = 0;
  Buffer values_;
  Buffer sizes_;           ///< of strings
  std::vector<End> ends_;  ///< of each row, unless each holds one number
  bool one_number_ = false;
  std::size_t row_bytes_ = 0;
};

}  // namespace alinktf::predict
