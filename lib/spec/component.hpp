// Alink's components by name and kind.
#pragma once

#include "spec/job_spec.hpp"

#include <optional>
#include <string_view>
#include <vector>

namespace alinktf::spec {

/// As in the job file: "TensorFlow2BatchOp".
std::string_view component_name(Component component);

/// All there are, in the order of the enumeration.
std::vector<std::string_view> component_names();

/// The component called `name`; nothing if there is none.
std::optional<Component> component_of(std::string_view name);

Family family_of(Component component);

/// True if the model of a prediction component comes as rows, and its cells are single rows of the
/// model's tensors; else it is a SavedModel, and cells hold whole tensors.
bool is_table_model(Component component);

/// The key of the job file that says where the model of a prediction component is.
std::string_view model_key(Component component);

/// True if rows are written as they come.
bool is_stream(Component component);

/// True if the component expects TensorFlow 1, or its behaviour from a TensorFlow 2.
bool is_for_tensorflow1(Component component);

/// The same component for TensorFlow 1, if `component` is one for TensorFlow 2; else nothing.
std::optional<Component> for_tensorflow1(Component component);

}  // namespace alinktf::spec
