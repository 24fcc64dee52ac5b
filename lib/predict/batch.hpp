// Rows on their way through the model.
#pragma once

#include "base/bytes.hpp"
#include "predict/binding.hpp"
#include "table/arena.hpp"
#include "table/row_block.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace alinktf::predict {

/// A row that the model did not take.
struct FailedRow {
  std::size_t row = 0;  ///< of the batch
  std::string reason;
};

/// Some rows of the table: what is kept of them, what the model gets, and what it has given. Its
/// storage is used again and again.
struct Batch {
  std::size_t rows = 0;
  std::vector<std::uint64_t> numbers;  ///< of the rows in the table, from 1
  std::vector<table::Cell> kept;       ///< row after row
  table::Arena texts;                  ///< of `kept`

  Buffer request;                    ///< a message with the inputs; complete but for its head
  std::vector<std::uint32_t> parts;  ///< of each row along the first axis; empty: one each
  bool whole = false;                ///< the tensors are those of the only row, as they are

  std::vector<table::Cell> outputs;  ///< row after row
  table::Arena output_texts;
  std::vector<FailedRow> failed;  ///< in ascending order; their outputs mean nothing

  void clear() {
    rows = 0;
    numbers.clear();
    kept.clear();
    texts.clear();
    parts.clear();
    whole = false;
    outputs.clear();
    output_texts.clear();
    failed.clear();
  }
};

/// The cells of row `row` of `batch` as the result has them, to `to`.
inline void lay_out_row(const Binding& binding,
                        const Batch& batch,
                        std::size_t row,
                        table::Cell* to) {
  const table::Cell* const kept = batch.kept.data() + row * binding.kept.size();
  const table::Cell* const outputs = batch.outputs.data() + row * binding.outputs.size();
  for (const ResultColumn& column : binding.columns) {
    *to++ = (column.is_output ? outputs : kept)[column.index];
  }
}

}  // namespace alinktf::predict
