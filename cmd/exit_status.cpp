#include "cmd/exit_status.hpp"

namespace alinktf::cmd {

int exit_status(ErrorCode code) {
  switch (code) {
    case ErrorCode::kInternal:
      return 1;
    case ErrorCode::kUsage:
      return kUsageStatus;
    case ErrorCode::kSpec:
      return 3;
    case ErrorCode::kInput:
      return 4;
    case ErrorCode::kWorker:
      return 5;
    case ErrorCode::kOutput:
      return 6;
    case ErrorCode::kTimeout:
      return 7;
    case ErrorCode::kCancelled:
      break;
  }
  return 1;
}

}  // namespace alinktf::cmd
