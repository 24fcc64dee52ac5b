#include "sys/disk_space.hpp"

#include "base/text.hpp"

#include <fmt/format.h>

#include <filesystem>

#include <linux/magic.h>
#include <sys/stat.h>
#include <sys/vfs.h>

namespace alinktf::sys {

namespace {

namespace fs = std::filesystem;

/// The topmost folder on the way to `folder` that is on the same device.
std::string mount_of(const std::string& folder) {
  std::error_code error;
  fs::path path = fs::canonical(folder, error);
  struct stat here {};
  if (error || ::stat(path.c_str(), &here) != 0) {
    return folder;
  }
  while (path.has_relative_path()) {
    struct stat above {};
    if (::stat(path.parent_path().c_str(), &above) != 0 || above.st_dev != here.st_dev) {
      break;
    }
    path = path.parent_path();
  }
  return path.string();
}

}  // namespace

Result<DiskSpace> disk_space(const std::string& folder) {
  struct statfs info {};
  if (::statfs(folder.c_str(), &info) != 0) {
    return os_error(ErrorCode::kInternal, "the file system of " + quote(folder));
  }
  return DiskSpace{.mount = mount_of(folder),
                   .free_bytes = static_cast<std::uint64_t>(info.f_bavail) *
                                 static_cast<std::uint64_t>(info.f_bsize),
                   .in_memory = info.f_type == TMPFS_MAGIC};
}

std::string bytes_text(std::uint64_t bytes) {
  constexpr double kKiB = 1024.0;
  constexpr double kMiB = kKiB * kKiB;
  constexpr double kGiB = kMiB * kKiB;
  const auto size = static_cast<double>(bytes);
  return size >= kGiB   ? fmt::format("{:.1f} GiB", size / kGiB)
         : size >= kMiB ? fmt::format("{:.0f} MiB", size / kMiB)
                        : fmt::format("{:.0f} KiB", size / kKiB);
}

}  // namespace alinktf::sys
