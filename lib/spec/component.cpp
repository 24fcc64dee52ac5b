#include "spec/component.hpp"

#include "base/assert.hpp"

#include <algorithm>
#include <iterator>
#include <string>

namespace alinktf::spec {

namespace {

struct Entry {
  std::string_view name;
  Component component;
  Family family;
};

constexpr Entry kTable[] = {
    {"TensorFlowBatchOp", Component::kTensorFlowBatchOp, Family::kBatch},
    {"TensorFlow2BatchOp", Component::kTensorFlow2BatchOp, Family::kBatch},
    {"TensorFlowStreamOp", Component::kTensorFlowStreamOp, Family::kStream},
    {"TensorFlow2StreamOp", Component::kTensorFlow2StreamOp, Family::kStream},
    {"TFTableModelTrainBatchOp", Component::kTFTableModelTrainBatchOp, Family::kTrain},
    {"TF2TableModelTrainBatchOp", Component::kTF2TableModelTrainBatchOp, Family::kTrain},
    {"TFTableModelPredictBatchOp", Component::kTFTableModelPredictBatchOp, Family::kPredict},
    {"TFTableModelPredictStreamOp", Component::kTFTableModelPredictStreamOp, Family::kPredict},
    {"TFSavedModelPredictBatchOp", Component::kTFSavedModelPredictBatchOp, Family::kPredict},
    {"TFSavedModelPredictStreamOp", Component::kTFSavedModelPredictStreamOp, Family::kPredict},
};

const Entry& entry_of(Component component) {
  const auto* const found =
      std::find_if(std::begin(kTable), std::end(kTable), [&](const Entry& entry) {
        return entry.component == component;
      });
  ALINKTF_ASSERT(found != std::end(kTable));
  return *found;
}

}  // namespace

std::string_view component_name(Component component) {
  return entry_of(component).name;
}

std::vector<std::string_view> component_names() {
  std::vector<std::string_view> names;
  std::transform(
      std::begin(kTable), std::end(kTable), std::back_inserter(names), [](const Entry& entry) {
        return entry.name;
      });
  return names;
}

std::optional<Component> component_of(std::string_view name) {
  const auto* const found = std::find_if(
      std::begin(kTable), std::end(kTable), [&](const Entry& entry) { return entry.name == name; });
  return found == std::end(kTable) ? std::nullopt : std::optional(found->component);
}

Family family_of(Component component) {
  return entry_of(component).family;
}

bool is_table_model(Component component) {
  return component == Component::kTFTableModelPredictBatchOp ||
         component == Component::kTFTableModelPredictStreamOp;
}

std::string_view model_key(Component component) {
  return is_table_model(component) ? "modelFilePath" : "modelPath";
}

bool is_stream(Component component) {
  return component_name(component).ends_with("StreamOp");
}

bool is_for_tensorflow1(Component component) {
  return component == Component::kTensorFlowBatchOp ||
         component == Component::kTensorFlowStreamOp ||
         component == Component::kTFTableModelTrainBatchOp;
}

std::optional<Component> for_tensorflow1(Component component) {
  std::string name(component_name(component));
  const std::size_t two = name.find('2');
  return two == std::string::npos ? std::nullopt : component_of(name.erase(two, 1));
}

}  // namespace alinktf::spec
