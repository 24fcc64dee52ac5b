#include "sys/fd.hpp"

#include <fmt/format.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <string>

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace alinktf::sys {

namespace {

Error failed(std::string what) {
  return os_error(ErrorCode::kInternal, std::move(what));
}

}  // namespace

Fd::~Fd() {
  if (fd_ != kEmpty) {
    ::close(fd_);
  }
}

Result<Fd> Fd::open(const std::string& path, int flags, mode_t mode) {
  const int fd = ::open(path.c_str(), flags | O_CLOEXEC, mode);
  if (fd == -1) {
    return failed(fmt::format("open '{}'", path));
  }
  return Fd(fd);
}

Fd Fd::unnamed(const std::string& directory) {
  Fd fd(::open(directory.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600));
  if (!fd) {  // not every file system can
    std::string path = directory + "/.alinktf-XXXXXX";
    fd = Fd(::mkostemp(path.data(), O_CLOEXEC));
    if (fd) {
      ::unlink(path.c_str());
    }
  }
  return fd;
}

Result<Fd> Fd::duplicate(int fd, int least) {
  const int copy = ::fcntl(fd, F_DUPFD_CLOEXEC, least);
  if (copy == -1) {
    return failed(fmt::format("duplicate descriptor {}", fd));
  }
  return Fd(copy);
}

Result<void> Fd::close() {
  if (fd_ == kEmpty) {
    return {};
  }
  if (::close(release()) != 0) {
    return failed("close");
  }
  return {};
}

Result<Pipe> Pipe::create() {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
    return failed("pipe2");
  }
  return Pipe{.read = Fd(ends[0]), .write = Fd(ends[1])};
}

void Pipe::enlarge(std::size_t bytes) const {
  ::fcntl(write.get(), F_SETPIPE_SZ, static_cast<int>(bytes));
}

Result<SocketPair> SocketPair::create() {
  std::array<int, 2> ends{};
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0) {
    return failed("socketpair");
  }
  return SocketPair{.ours = Fd(ends[0]), .theirs = Fd(ends[1])};
}

Result<void> set_nonblocking(int fd) {
  const int flags = ::fcntl(fd, F_GETFL);
  if (flags == -1 || ::fcntl(fd, F_SETFL, flags | O_NONBLOCK) == -1) {
    return failed(fmt::format("make descriptor {} non-blocking", fd));
  }
  return {};
}

Result<void> write_all(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(fd, bytes.data(), bytes.size());
    if (written >= 0) {
      bytes.remove_prefix(static_cast<std::size_t>(written));
    } else if (errno == EAGAIN) {  // a terminal or pipe that another program made non-blocking
      pollfd room{.fd = fd, .events = POLLOUT, .revents = 0};
      ::poll(&room, 1, -1);
    } else if (errno != EINTR) {
      return failed("write");
    }
  }
  return {};
}

Result<void> write_new_file(const std::string& path, std::string_view bytes) {
  ALINKTF_ASSIGN_OR_RETURN(Fd file, Fd::open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  ALINKTF_TRY(write_all(file.get(), bytes));
  return file.close();
}

}  // namespace alinktf::sys
