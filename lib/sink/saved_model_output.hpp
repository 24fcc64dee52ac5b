// A model table as the SavedModel that it holds.
#pragma once

#include "model/table.hpp"
#include "sink/output.hpp"
#include "sys/atomic_directory.hpp"

namespace alinktf::sink {

/// Takes the rows of a model table, in any order, and writes the directory that they hold.
class SavedModelOutput final : public Output {
 public:
  /// kOutput as sys::AtomicDirectory, and if what is to be replaced is no SavedModel; kSpec if
  /// `schema` is not that of a model table.
  static Result<std::unique_ptr<Output>> open(const spec::OutputSpec& spec,
                                              const table::Schema& schema);

  Result<void> append(std::span<const table::Cell> row) override;
  Result<void> finish() override;

 private:
  SavedModelOutput(sys::AtomicDirectory directory, model::TableUnpacker table)
      : directory_(std::move(directory)), table_(std::move(table)) {}

  sys::AtomicDirectory directory_;
  model::TableUnpacker table_;
};

}  // namespace alinktf::sink
