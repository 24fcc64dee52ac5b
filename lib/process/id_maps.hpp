// Users and groups of a user namespace.
#pragma once

#include "base/result.hpp"

#include <functional>

namespace alinktf::process {

/// Call `unshare`, which gives this process a user namespace of its own, and map users and groups
/// in it to the same numbers outside: all that there are if we are root, else our own. No other
/// threads. The error of `unshare`; kInternal naming the file that cannot be written.
Result<void> unshare_with_ids(const std::function<Result<void>()>& unshare);

}  // namespace alinktf::process
