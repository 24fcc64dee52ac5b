// What a SavedModel holds.
#pragma once

#include "base/result.hpp"

#include <string>

namespace alinktf::convert {

/// True if `path` is a SavedModel's folder or an archive, so that show_model() is what to show.
bool is_model(const std::string& path);

/// Print the signatures of the model at `path`: their inputs and outputs with types and shapes, as
/// text or JSON. Archives are unpacked below `scratch_parent` for it. kInput.
Result<void> show_model(const std::string& path, const std::string& scratch_parent, bool json);

}  // namespace alinktf::convert
