// Owners of file descriptors, and writing to them in full.
#pragma once

#include "base/result.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

#include <sys/types.h>

namespace alinktf::sys {

/// Owns one file descriptor and closes it on destruction. Move-only; a moved-from Fd is empty.
/// Not thread-safe.
class Fd {
 public:
  Fd() = default;
  explicit Fd(int fd) noexcept : fd_(fd) {}
  Fd(Fd&& other) noexcept : fd_(other.release()) {}
  Fd& operator=(Fd&& other) noexcept {
    Fd(std::move(other)).swap(*this);
    return *this;
  }
  Fd(const Fd&) = delete;
  Fd& operator=(const Fd&) = delete;
  ~Fd();

  /// open(2), close-on-exec. kInternal with the path and errno.
  static Result<Fd> open(const std::string& path, int flags, mode_t mode = 0);

  /// A file without a name in `directory`, open for reading and writing, close-on-exec: nothing is
  /// left of it however the process ends. Empty, with errno, if it cannot be made.
  static Fd unnamed(const std::string& directory);

  /// A close-on-exec copy of `fd`, numbered `least` or higher. kInternal with errno.
  static Result<Fd> duplicate(int fd, int least = 3);

  [[nodiscard]] int get() const { return fd_; }
  explicit operator bool() const { return fd_ != kEmpty; }

  /// Give up ownership; the caller closes.
  [[nodiscard]] int release() noexcept { return std::exchange(fd_, kEmpty); }

  /// Close now and report what close(2) said. Use where the data matters (output files); the
  /// destructor ignores it. Empty afterwards in every case: on Linux a descriptor is gone even
  /// after EINTR.
  Result<void> close();

  void swap(Fd& other) noexcept { std::swap(fd_, other.fd_); }

 private:
  static constexpr int kEmpty = -1;
  int fd_ = kEmpty;
};

/// Both ends of a pipe, close-on-exec from birth.
struct Pipe {
  Fd read;
  Fd write;

  static Result<Pipe> create();

  /// Ask for a buffer of `bytes` (F_SETPIPE_SZ). Best effort: over the user's limit
  /// (/proc/sys/fs/pipe-user-pages-soft) the pipe stays as it is.
  void enlarge(std::size_t bytes) const;
};

/// A connected pair of stream sockets (AF_UNIX), both ends alike and close-on-exec from birth.
struct SocketPair {
  Fd ours;
  Fd theirs;

  static Result<SocketPair> create();
};

/// Make reads and writes on `fd` return EAGAIN instead of waiting. Affects every duplicate of it.
Result<void> set_nonblocking(int fd);

/// Write all of `bytes`, whatever the number of write(2) calls it takes; waits if `fd` is
/// non-blocking. kInternal with errno; EPIPE is one of these (callers ignore SIGPIPE).
Result<void> write_all(int fd, std::string_view bytes);

/// Make the file `path`, which must not exist yet, of `bytes`; for its owner alone. kInternal.
Result<void> write_new_file(const std::string& path, std::string_view bytes);

}  // namespace alinktf::sys
