// From the path of a model to the folder of its SavedModel.
#pragma once

#include "base/result.hpp"
#include "model/pipeline.hpp"
#include "predict/engines.hpp"

#include <functional>
#include <string>
#include <vector>

namespace alinktf::predict {

/// What a model's path holds: a SavedModel, or the stages of a pipeline.
struct ModelFiles {
  Model model;                       ///< if there are no stages
  std::vector<model::Stage> stages;  ///< each with the folder of its SavedModel
};

/// Open the model at `path`: the folder of a SavedModel; an archive whose root, or the folder of
/// its own name in it, is one; or a file of model rows or of a pipeline. The latter are unpacked
/// below `scratch`, an empty folder that must stay as long as the model is used. `cancel_fd` as for
/// source::open(), `check` says with an error when to give up. kInput with what is wrong with it.
Result<ModelFiles> open_model(const std::string& path,
                              const std::string& scratch,
                              int cancel_fd,
                              std::function<Result<void>()> check);

}  // namespace alinktf::predict
