// Rows of a table to batches for the model.
#pragma once

#include "base/result.hpp"
#include "predict/batch.hpp"
#include "predict/binding.hpp"
#include "predict/input_packer.hpp"
#include "table/row_block.hpp"

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

namespace alinktf::predict {

/// Gathers rows into batches of at most a given number. A batch ends early where a row's tensors
/// have another shape than those before it.
class Batcher {
 public:
  struct Callbacks {
    /// A batch is complete; another takes its place. An error ends add() with it.
    std::function<Result<void>(Batch&)> take;
    /// Row `row` of `block`, number `number` of the table, does not fit the signature. An error
    /// ends add() with it, after the rows before have been taken.
    std::function<Result<void>(
        const table::RowBlock& block, const UnfitRow& row, std::uint64_t number)>
        reject;
  };

  /// `binding` must outlive this object.
  Batcher(const Binding& binding, std::size_t batch_rows, Callbacks callbacks);

  /// Take the rows of `block`; `numbers` are those of its rows in the table.
  Result<void> add(const table::RowBlock& block, std::span<const std::uint64_t> numbers);
  /// Hand over what has been gathered, if there is anything.
  Result<void> flush();

 private:
  Result<std::size_t> add_some(const table::RowBlock& block,
                               std::span<const std::size_t> rows,
                               std::span<const std::uint64_t> numbers);
  std::size_t agreeing_rows(std::size_t count);
  void keep(const table::RowBlock& block,
            std::span<const std::size_t> rows,
            std::span<const std::uint64_t> numbers);
  Result<void> reject(const table::RowBlock& block, std::span<const std::uint64_t> numbers);

  const Binding& binding_;
  std::size_t batch_rows_;
  Callbacks callbacks_;
  std::vector<InputPacker> packers_;
  std::vector<bool> kept_texts_;  ///< of the kept columns: cells point to bytes
  Batch batch_;
  std::vector<std::size_t> rows_;
  std::vector<UnfitRow> unfit_;
};

}  // namespace alinktf::predict
