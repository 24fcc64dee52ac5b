#include "base/result.hpp"

#include <cerrno>

namespace alinktf {

std::string Error::str() const {
  std::string out;
  for (auto it = frames_.rbegin(); it != frames_.rend(); ++it) {
    out.append(*it).append(": ");
  }
  out.append(message_);
  if (cause_) {
    out.append(": ").append(cause_.message());
  }
  return out;
}

Error os_error(ErrorCode code, std::string what) {
  const int error_number = errno;
  return os_error(code, std::move(what), error_number);
}

Error os_error(ErrorCode code, std::string what, int error_number) {
  return {code, std::move(what), std::error_code(error_number, std::system_category())};
}

}  // namespace alinktf
