// Errors to exit statuses: the only such table.
#pragma once

#include "base/result.hpp"

namespace alinktf::cmd {

constexpr int kUsageStatus = 2;

int exit_status(ErrorCode code);

}  // namespace alinktf::cmd
