// What stands in a SavedModel, read without TensorFlow.
#pragma once

#include "base/result.hpp"
#include "tensorflow/data_type.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace alinktf::tensorflow {

/// An input or output of a signature.
struct TensorInfo {
  std::string key;     ///< what callers call it
  std::string tensor;  ///< in the graph: "serving_default_x:0"; empty if it is not a plain tensor
  DataType type = DataType::kNone;
  bool unknown_rank = false;
  std::vector<std::int64_t> dims;  ///< -1: open
};

struct Signature {
  std::string key;
  std::string method;              ///< "tensorflow/serving/predict"
  std::vector<TensorInfo> inputs;  ///< by key
  std::vector<TensorInfo> outputs;
};

struct MetaGraph {
  std::vector<std::string> tags;
  std::string tensorflow_version;     ///< that saved it; empty if it does not say
  std::vector<Signature> signatures;  ///< by key
};

/// The MetaGraphDefs of a serialized SavedModel. kInput if it is none.
Result<std::vector<MetaGraph>> parse_saved_model(std::string_view bytes);

/// Those of the SavedModel in the folder `path`. kInput if there is no saved_model.pb or it is
/// none.
Result<std::vector<MetaGraph>> read_saved_model(const std::string& path);

/// True if the folder `path` holds a SavedModel, in either form.
bool is_saved_model(const std::string& path);

}  // namespace alinktf::tensorflow
