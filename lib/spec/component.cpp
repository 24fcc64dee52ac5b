#include "spec/component.hpp"

#include "base/assert.hpp"

#include <algorithm>
#include <iterator>
#include <string>

namespace alinktf::spec {

namespace {

struct Entry {
  Component component;
  std::string_view name;
  Family family;
};

constexpr Entry kTable[] = {
    {Component::kTensorFlowBatchOp, "TensorFlowBatchOp", Family::kBatch},
    {Component::kTensorFlow2BatchOp, "TensorFlow2BatchOp", Family::kBatch},
    {Component::kTensorFlowStreamOp, "TensorFlowStreamOp", Family::kStream},
    {Component::kTensorFlow2StreamOp, "TensorFlow2StreamOp", Family::kStream},
    {Component::kTFTableModelTrainBatchOp, "TFTableModelTrainBatchOp", Family::kTrain},
    {Component::kTF2TableModelTrainBatchOp, "TF2TableModelTrainBatchOp", Family::kTrain},
    {Component::kTFTableModelPredictBatchOp, "TFTableModelPredictBatchOp", Family::kPredict},
    {Component::kTFTableModelPredictStreamOp, "TFTableModelPredictStreamOp", Family::kPredict},
    {Component::kTFSavedModelPredictBatchOp, "TFSavedModelPredictBatchOp", Family::kPredict},
    {Component::kTFSavedModelPredictStreamOp, "TFSavedModelPredictStreamOp", Family::kPredict},
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

std::optional<Component> component_of(std::string_view name) {
  const auto* const found = std::find_if(
      std::begin(kTable), std::end(kTable), [&](const Entry& entry) { return entry.name == name; });
  return found == std::end(kTable) ? std::nullopt : std::optional(found->component);
}

Family family_of(Component component) {
  return entry_of(component).family;
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
