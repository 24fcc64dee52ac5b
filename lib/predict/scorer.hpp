// Batches through a model.
#pragma once

#include "base/result.hpp"
#include "predict/batch.hpp"
#include "predict/binding.hpp"
#include "predict/engine_process.hpp"
#include "predict/output_unpacker.hpp"

#include <cstdint>
#include <vector>

namespace alinktf::predict {

/// Sends batches through one channel of an engine and reads the results. One thread at a time.
class Scorer {
 public:
  /// `call` is the number that the engine gave to the call of `binding`. Both references must
  /// outlive this object.
  Scorer(const Binding& binding, EngineChannel& channel, std::uint32_t call);

  /// Fill the outputs of `batch`. If the model does not take the batch, its rows are tried one by
  /// one, and those that fail by themselves are noted in Batch::failed. kWorker if the engine has
  /// gone.
  Result<void> score(Batch& batch);

  /// The columns that had more values than they take, so far.
  [[nodiscard]] std::vector<const table::Column*> cut_columns() const;

 private:
  Result<void> score_whole(Batch& batch);
  Result<void> score_each(Batch& batch);
  Result<void> score_one(const std::vector<tensorflow::TensorView>& inputs,
                         std::size_t first,
                         std::size_t entries,
                         Batch& batch,
                         std::size_t row);
  Result<void> unpack(Batch& batch, std::size_t row, std::size_t rows, bool whole);
  [[nodiscard]] bool splits(const Batch& batch) const;

  const Binding& binding_;
  EngineChannel& channel_;
  std::uint32_t call_;
  std::vector<OutputUnpacker> unpackers_;
  std::vector<tensorflow::TensorView> results_;
  Buffer answer_;
  Buffer question_;
};

}  // namespace alinktf::predict
