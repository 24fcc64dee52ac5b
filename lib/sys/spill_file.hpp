// A queue of bytes in a file without a name.
#pragma once

#include "base/result.hpp"
#include "sys/fd.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace alinktf::sys {

/// First in, first out. One thread appends while another takes; their owner tells the second one
/// how much there is. The file has no name, so nothing is left of it however the program ends, and
/// what has been taken is given back to the file system where that can be done.
class SpillFile {
 public:
  /// kInternal, naming `folder`, if a file cannot be made there.
  static Result<SpillFile> create(const std::string& folder);

  /// kInternal, naming the folder, if the bytes cannot be written: no space left.
  Result<void> append(std::string_view bytes);

  /// Take the first `size` bytes, which have been appended. kInternal if they cannot be read.
  Result<void> take(char* to, std::size_t size);

 private:
  SpillFile(std::string folder, Fd fd) : folder_(std::move(folder)), fd_(std::move(fd)) {}

  std::string folder_;
  Fd fd_;
  std::uint64_t end_ = 0;    ///< of the appending thread
  std::uint64_t begin_ = 0;  ///< of the taking thread, as the next
  std::uint64_t freed_ = 0;  ///< what stands before this has been given back
};

}  // namespace alinktf::sys
