// Files from the web.
#pragma once

#include "base/result.hpp"
#include "sys/interruption.hpp"

#include <chrono>
#include <cstdint>
#include <string>

namespace alinktf::fetch {

struct Download {
  std::string url;  ///< http:// or https://
  std::string to;   ///< the file to make; must not be there
  std::string md5;  ///< that it must have: 32 hexadecimal digits; empty: not checked
};

struct Limits {
  /// The longest time in which fewer than kLeastBytes may come; connecting and waiting for the
  /// answer count too.
  std::chrono::milliseconds timeout = std::chrono::minutes(1);
  std::uint64_t bytes = std::uint64_t{64} << 30U;  ///< the largest file
};

/// A download that brings fewer bytes than these within Limits::timeout is given up.
inline constexpr std::uint64_t kLeastBytes = 1024;

/// Download one file. Certificates are verified; up to 10 redirects are followed, to http and https
/// only, and from https to https only. http_proxy, https_proxy and no_proxy count.
///
/// kSpec "download URL: …", secrets masked, for everything that the network, the server or the
/// limits say; kInternal if the file cannot be written; the error of `interruption`. The file may
/// be partly written then.
Result<void> download(const Download& what,
                      const Limits& limits,
                      const sys::Interruption& interruption);

}  // namespace alinktf::fetch
