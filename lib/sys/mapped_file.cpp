#include "sys/mapped_file.hpp"

#include "base/text.hpp"
#include "sys/fd.hpp"

#include <fmt/format.h>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>

namespace alinktf::sys {

Result<MappedFile> MappedFile::open(const std::string& path) {
  auto fd = Fd::open(path, O_RDONLY);
  if (!fd.ok()) {
    return Error(ErrorCode::kInput, fmt::format("cannot open {}", quote(path)), fd.error().cause());
  }
  struct stat info {};
  if (::fstat(fd.value().get(), &info) != 0) {
    return os_error(ErrorCode::kInput, quote(path));
  }
  if (!S_ISREG(info.st_mode)) {
    return Error(ErrorCode::kInput, fmt::format("{} is not a regular file", quote(path)));
  }
  if (info.st_size == 0) {
    return MappedFile(std::string_view());
  }
  const auto size = static_cast<std::size_t>(info.st_size);
  void* const at = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, fd.value().get(), 0);
  if (at == MAP_FAILED) {  // NOLINT: the system's own cast
    return os_error(ErrorCode::kInput, fmt::format("cannot map {}", quote(path)));
  }
  return MappedFile(std::string_view(static_cast<const char*>(at), size));
}

MappedFile::~MappedFile() {
  if (!bytes_.empty()) {
    ::munmap(const_cast<char*>(bytes_.data()), bytes_.size());  // NOLINT: munmap takes no const
  }
}

}  // namespace alinktf::sys
