// The texts of tensor_shapes.txt and tensor_types.txt, and how they travel to a task.
#pragma once

#include "table/schema.hpp"

#include <string>

namespace alinktf::worker {

/// Both files, as Alink's scripts read them: JSON objects by column name, "{}" without vectors or
/// tensors.
struct TensorFiles {
  std::string shapes = "{}";  ///< {"d":[2,2]}
  std::string types = "{}";   ///< {"d":"double"}
};

/// The types text of `schema`: float, double, int, long, boolean, byte, ubyte or string for each
/// vector (double) and tensor. TENSOR columns are left out: each of their values has its own type.
std::string tensor_types_json(const table::Schema& schema);

/// True if a column of `schema` is a vector or a tensor.
bool has_tensors(const table::Schema& schema);

/// The text of an `end` chunk (runtime/PROTOCOL.md) that brings `files`; empty if both are "{}",
/// which is what a work dir holds already.
std::string end_text(const TensorFiles& files);

}  // namespace alinktf::worker
