#include "sys/spool_file.hpp"

#include <fmt/format.h>

#include <cerrno>

#include <unistd.h>

namespace alinktf::sys {

Result<SpoolFile> SpoolFile::create(const std::string& directory) {
  Fd fd = Fd::unnamed(directory);
  if (!fd) {
    return os_error(ErrorCode::kInternal, fmt::format("make a temporary file in '{}'", directory));
  }
  return SpoolFile(directory, std::move(fd));
}

Result<void> SpoolFile::append(std::string_view bytes) {
  ALINKTF_TRY(write_all(fd_.get(), bytes).context([this] {
    return fmt::format("write a temporary file in '{}'", directory_);
  }));
  size_ += bytes.size();
  return {};
}

Result<std::size_t> SpoolFile::read(std::uint64_t offset, char* to, std::size_t size) const {
  for (;;) {
    const ssize_t got = ::pread(fd_.get(), to, size, static_cast<off_t>(offset));
    if (got >= 0) {
      return static_cast<std::size_t>(got);
    }
    if (errno != EINTR) {
      return os_error(ErrorCode::kInternal,
                      fmt::format("read a temporary file in '{}'", directory_));
    }
  }
}

}  // namespace alinktf::sys
