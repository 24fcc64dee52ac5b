// How much room a file system has.
#pragma once

#include "base/result.hpp"

#include <cstdint>
#include <string>

namespace alinktf::sys {

/// The file system that a folder is on.
struct DiskSpace {
  std::string mount;             ///< the folder where it begins, as far as devices tell
  std::uint64_t free_bytes = 0;  ///< for us; quotas are not known
  bool in_memory = false;        ///< tmpfs: what is written there takes memory
};

/// The file system of `folder`, an absolute path. kInternal with errno if there is no such folder.
Result<DiskSpace> disk_space(const std::string& folder);

/// "512 MiB", "1.5 GiB", for people.
std::string bytes_text(std::uint64_t bytes);

}  // namespace alinktf::sys
