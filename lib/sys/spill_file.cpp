#include "sys/spill_file.hpp"

#include <fmt/format.h>

#include <cerrno>

#include <fcntl.h>
#include <unistd.h>

namespace alinktf::sys {

namespace {

/// Taken bytes are given back in pieces of this size: a system call for each.
constexpr std::uint64_t kFreeBytes = std::uint64_t{16} << 20U;

Error spill_error(const std::string& folder, const char* what) {
  return os_error(
      ErrorCode::kInternal,
      fmt::format("{} a temporary file in '{}' for rows that a worker has not taken yet; "
                  "--work-dir names another folder",
                  what,
                  folder));
}

}  // namespace

Result<SpillFile> SpillFile::create(const std::string& folder) {
  Fd fd = Fd::unnamed(folder);
  if (!fd) {
    return spill_error(folder, "cannot make");
  }
  return SpillFile(folder, std::move(fd));
}

Result<void> SpillFile::append(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written =
        ::pwrite(fd_.get(), bytes.data(), bytes.size(), static_cast<off_t>(end_));
    if (written < 0) {
      if (errno == EINTR) {
        continue;
      }
      return spill_error(folder_, "cannot write to");
    }
    end_ += static_cast<std::uint64_t>(written);
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return {};
}

Result<void> SpillFile::take(char* to, std::size_t size) {
  while (size > 0) {
    const ssize_t got = ::pread(fd_.get(), to, size, static_cast<off_t>(begin_));
    if (got < 0 && errno == EINTR) {
      continue;
    }
    if (got <= 0) {
      return spill_error(folder_, "cannot read");
    }
    begin_ += static_cast<std::uint64_t>(got);
    to += got;
    size -= static_cast<std::size_t>(got);
  }
  if (begin_ - freed_ >= kFreeBytes) {
    static_cast<void>(::fallocate(fd_.get(),
                                  FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE,
                                  static_cast<off_t>(freed_),
                                  static_cast<off_t>(begin_ - freed_)));
    freed_ = begin_;
  }
  return {};
}

}  // namespace alinktf::sys
