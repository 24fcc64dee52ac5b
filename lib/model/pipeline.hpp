// Pipelines that Alink has saved: several models in one table.
#pragma once

#include "base/result.hpp"
#include "table/row_block.hpp"
#include "table/schema.hpp"

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace alinktf::model {

/// One step of a pipeline: a predictor of TensorFlow.
struct Stage {
  std::string name;  ///< TFTableModelPredictor or TFSavedModelPredictor
  /// By Alink's names; each value as JSON text: {"signatureDefKey", "\"predict\""}.
  std::map<std::string, std::string> params;
  /// The directory of its SavedModel; empty if the table does not hold it (modelPath says where it
  /// is).
  std::string directory;
};

/// True if a table of `schema` is a saved pipeline: id, p0, p1 and so on.
bool is_pipeline(const table::Schema& schema);

/// Opens the table from its beginning.
using OpenTable = std::function<Result<std::unique_ptr<table::RowReader>>()>;

/// Read a pipeline called `name`, and unpack the models of its stages below the folder `directory`.
/// Reads the table twice: what the columns of its rows mean is said in one of them. kInput if it is
/// no pipeline of such predictors, naming the first stage that is none; the models as
/// TableUnpacker.
Result<std::vector<Stage>> unpack_pipeline(const OpenTable& open,
                                           const std::string& name,
                                           const std::string& directory);

}  // namespace alinktf::model
