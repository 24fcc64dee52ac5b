// Bytes that are put aside on the disk for a while.
#pragma once

#include "base/result.hpp"
#include "sys/fd.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace alinktf::sys {

/// A file without a name, so that nothing is left of it however the process ends. Move-only.
class SpoolFile {
 public:
  /// Make one on the file system of `directory`. kInternal, naming that.
  static Result<SpoolFile> create(const std::string& directory);

  /// Append `bytes`. kInternal with errno (disk full).
  Result<void> append(std::string_view bytes);
  /// Read up to `size` bytes from `offset` on; 0 behind the end. kInternal with errno.
  Result<std::size_t> read(std::uint64_t offset, char* to, std::size_t size) const;

  [[nodiscard]] std::uint64_t size() const { return size_; }

 private:
  SpoolFile(std::string directory, Fd fd) : directory_(std::move(directory)), fd_(std::move(fd)) {}

  std::string directory_;
  Fd fd_;
  std::uint64_t size_ = 0;
};

}  // namespace alinktf::sys
