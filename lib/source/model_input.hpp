// An input that is a model.
#pragma once

#include "base/result.hpp"
#include "model/pipeline.hpp"
#include "spec/job_spec.hpp"

#include <string>
#include <vector>

namespace alinktf::source {

/// What is known of an input's model once it has been unpacked.
struct Model {
  /// Of a model table: its archive's name without the ending, such as "1617959973".
  std::string name;
  /// The SavedModel's directory, which goes with the directory that it was unpacked to. Empty for
  /// pipelines.
  std::string directory;
  /// Of a saved pipeline, in order; each has its own directory. Empty for model tables.
  std::vector<model::Stage> stages;
};

/// Read a model table or a saved pipeline from the files of `input` (any format of rows; without a
/// schema, CSV, TFRecord and JSON lines have the columns of a model table) and unpack it below the
/// folder `directory`, which is empty and stays the caller's. Streams: memory is a few pieces of
/// 1 MiB, whatever the size of the model. `cancel_fd` as for open().
///
/// kInput with the table's name, the row's id, what was found and what was expected; kInternal if
/// `directory` cannot be written to.
Result<Model> unpack_model(const spec::InputSpec& input,
                           const std::string& directory,
                           int cancel_fd);

/// The same for the file or directory `path`, whose ending tells the format.
Result<Model> unpack_model(const std::string& path, const std::string& directory, int cancel_fd);

}  // namespace alinktf::source
