// Where the Python runtime lies that every task runs.
#pragma once

#include "base/result.hpp"

#include <string>

namespace alinktf::worker {

/// Write the runtime into the new folder `to`. kInternal.
Result<void> extract_runtime(const std::string& to);

/// The runtime's folder below the user's cache directory `cache`, `alinktf/runtime-<its hash>`;
/// made if it is missing, whole or not at all, also when many do that at once. There Python keeps
/// the byte code of the runtime from one run to the next, which is half of what a task takes to
/// start. When it is made, folders of other builds that no run has used for 90 days are removed.
///
/// Empty if it cannot be had (no cache directory, a disk that is full or read-only, a folder that
/// is not ours alone to write): the caller extracts a copy of its own then.
std::string cached_runtime(const std::string& cache);

}  // namespace alinktf::worker
