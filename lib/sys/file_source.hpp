// Files, pipes and standard input as a ByteSource.
#pragma once

#include "base/byte_source.hpp"
#include "sys/fd.hpp"

#include <cstdint>
#include <memory>
#include <string>

namespace alinktf::sys {

/// Reads a file, FIFO or standard input ("-") front to back. One reader thread.
class FileSource final : public ByteSource {
 public:
  /// kInput with the path: missing, a directory, or not readable. Does not wait for the writer of
  /// a FIFO; read() does.
  static Result<std::unique_ptr<FileSource>> open(const std::string& path);

  /// Say what open() would say, without opening a FIFO.
  static Result<void> check(const std::string& path);

  /// The read end of a pipe that says whether what a pipe or terminal brings is still wanted; -1:
  /// it always is. A byte in it: read() fails with kCancelled, also one that waits. Its other end
  /// closed: the input ends with what is
  /// there by then and the rest of its last line.
  void set_cancel_fd(int fd) { cancel_fd_ = fd; }

  Result<std::size_t> read(char* to, std::size_t size) override;

  /// Bytes that all sources of this process have read so far. Any thread.
  static std::uint64_t bytes_read();

  /// The path as given, or "standard input".
  [[nodiscard]] const std::string& name() const override { return name_; }

  /// True if read() would not wait: data or the end is there. Regular files always.
  [[nodiscard]] bool ready() const override;

 private:
  enum class Kind { kRegular, kStream };

  FileSource(std::string name, Fd fd, Kind kind)
      : name_(std::move(name)), fd_(std::move(fd)), kind_(kind) {}

  std::string name_;
  Fd fd_;
  Kind kind_;
  Result<std::size_t> read_rest(char* to, std::size_t size);

  int cancel_fd_ = -1;
  bool in_line_ = false;  ///< the last byte was not that of a line's end
  bool ended_ = false;    ///< before the end of what is behind fd_
  std::size_t rest_ = 0;  ///< once it has: bytes that were there then
};

}  // namespace alinktf::sys
