#include "sys/file_source.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>

#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace alinktf::sys {

namespace {

std::atomic<std::uint64_t> all_bytes{0};

constexpr int kPipeBytes = 1 << 20;  // fewer switches between us and the writer

Error input_error(const std::string& name) {
  return os_error(ErrorCode::kInput, fmt::format("input '{}'", name));
}

Result<void> check_kind(const std::string& name, mode_t mode) {
  if (S_ISDIR(mode)) {
    return Error(ErrorCode::kInput,
                 fmt::format("input '{}': is a directory; expected a file", name));
  }
  return {};
}

/// How long the rest of a line may take once the input is not wanted any more.
constexpr int kRestOfLineMs = 200;

std::size_t waiting_bytes(int fd) {
  int bytes = 0;
  return ::ioctl(fd, FIONREAD, &bytes) == 0 && bytes > 0 ? static_cast<std::size_t>(bytes) : 0;
}

struct Ready {
  bool data = false;
  bool cancelled = false;
  bool ended = false;
};

/// Wait up to `timeout_ms` (-1: for ever) for data or the end of `fd`, or for `cancel_fd` (-1:
/// none). A FIFO that never had a writer is not at its end.
Ready wait_readable(int fd, int cancel_fd, int timeout_ms) {
  std::array<pollfd, 2> states{{{.fd = fd, .events = POLLIN, .revents = 0},
                                {.fd = cancel_fd, .events = POLLIN, .revents = 0}}};
  if (::poll(states.data(), states.size(), timeout_ms) <= 0) {
    return {};
  }
  const int cancel = states[1].revents;
  return {.data = states[0].revents != 0,
          .cancelled = (cancel & POLLIN) != 0,
          .ended = (cancel & POLLHUP) != 0};
}

}  // namespace

Result<std::unique_ptr<FileSource>> FileSource::open(const std::string& path) {
  const bool standard = path == "-";
  const std::string name = standard ? "standard input" : path;
  // Non-blocking, or a FIFO without a writer would hold us up here, deaf to signals.
  Fd fd(standard ? ::fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3)
                 : ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  struct stat status {};
  if (!fd || ::fstat(fd.get(), &status) != 0) {
    return input_error(name);
  }
  ALINKTF_TRY(check_kind(name, status.st_mode));
  const Kind kind = S_ISREG(status.st_mode) ? Kind::kRegular : Kind::kStream;
  if (kind == Kind::kRegular) {
    ::posix_fadvise(fd.get(), 0, 0, POSIX_FADV_SEQUENTIAL);
  } else if (S_ISFIFO(status.st_mode)) {
    ::fcntl(fd.get(), F_SETPIPE_SZ, kPipeBytes);
  }
  return std::unique_ptr<FileSource>(new FileSource(name, std::move(fd), kind));
}

Result<void> FileSource::check(const std::string& path) {
  // Not by opening it: the writer of a FIFO would take that for its reader and lose it again.
  struct stat status {};
  if (path == "-") {
    return {};
  }
  if (::stat(path.c_str(), &status) != 0 ||
      ::faccessat(AT_FDCWD, path.c_str(), R_OK, AT_EACCESS) != 0) {
    return input_error(path);
  }
  return check_kind(path, status.st_mode);
}

Result<std::size_t> FileSource::read(char* to, std::size_t size) {
  for (;;) {
    const Ready ready = kind_ == Kind::kStream && !ended_ ? wait_readable(fd_.get(), cancel_fd_, -1)
                                                          : Ready{.data = true};
    if (ready.cancelled) {
      return Error(ErrorCode::kCancelled, fmt::format("input '{}': no longer wanted", name_));
    }
    if (ready.ended && !ended_) {
      ended_ = true;
      rest_ = waiting_bytes(fd_.get());
    }
    if (ended_) {
      return read_rest(to, size);
    }
    const ssize_t got = ::read(fd_.get(), to, size);
    if (got >= 0) {
      in_line_ = got > 0 && to[got - 1] != '\n';
      all_bytes.fetch_add(static_cast<std::uint64_t>(got), std::memory_order_relaxed);
      return static_cast<std::size_t>(got);
    }
    if (errno != EINTR && errno != EAGAIN) {
      return input_error(name_);
    }
  }
}

/// What was there at the end, then up to the end of the line that has begun; nothing if there is
/// none, or if it does not come.
Result<std::size_t> FileSource::read_rest(char* to, std::size_t size) {
  if (rest_ > 0) {
    const ssize_t got = ::read(fd_.get(), to, std::min(size, rest_));
    rest_ = got > 0 ? rest_ - static_cast<std::size_t>(got) : 0;
    if (got > 0) {
      in_line_ = to[got - 1] != '\n';
      all_bytes.fetch_add(static_cast<std::uint64_t>(got), std::memory_order_relaxed);
      return static_cast<std::size_t>(got);
    }
  }
  if (!in_line_ || !wait_readable(fd_.get(), -1, kRestOfLineMs).data) {
    return std::size_t{0};
  }
  const ssize_t got = ::read(fd_.get(), to, size);
  const auto* const end = std::find(to, to + std::max<ssize_t>(got, 0), '\n');
  in_line_ = got > 0 && end == to + got;
  const auto used = static_cast<std::size_t>(end - to) + (got > 0 && !in_line_ ? 1 : 0);
  all_bytes.fetch_add(used, std::memory_order_relaxed);
  return used;
}

std::uint64_t FileSource::bytes_read() {
  return all_bytes.load(std::memory_order_relaxed);
}

bool FileSource::ready() const {
  return kind_ == Kind::kRegular || wait_readable(fd_.get(), -1, 0).data;
}

}  // namespace alinktf::sys
