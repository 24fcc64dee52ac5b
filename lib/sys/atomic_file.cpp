#include "sys/atomic_file.hpp"

#include "sys/fifo.hpp"
#include "sys/output_path.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <string>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace alinktf::sys {

namespace {

Result<Fd> open_fifo(const std::string& path) {
  auto fifo = open_fifo_for_writing(path);
  if (!fifo.ok()) {
    return output_os_error(path, "cannot be opened for writing", fifo.error().cause().value());
  }
  return fifo.value() ? std::move(fifo)
                      : Error(ErrorCode::kCancelled,
                              fmt::format("output '{}': stopped while waiting for a reader", path));
}

/// Open what exists and is neither a file nor a directory: FIFO, device, socket.
Result<Fd> open_special(const std::string& path) {
  // Non-blocking, or a FIFO without a reader would hold us up here with all signals blocked.
  Fd fd(::open(path.c_str(), O_WRONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  if (fd) {
    const int flags = ::fcntl(fd.get(), F_GETFL);
    ::fcntl(fd.get(), F_SETFL, flags & ~O_NONBLOCK);
    return fd;
  }
  const int error = errno;
  struct stat status {};
  const bool fifo = ::stat(path.c_str(), &status) == 0 && S_ISFIFO(status.st_mode);
  return error == ENXIO && fifo ? open_fifo(path)
                                : output_os_error(path, "cannot be opened for writing", error);
}

/// Rename without replacing. False with errno, EEXIST if `to` exists.
bool rename_new(const std::string& from, const std::string& to) {
  if (::renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), RENAME_NOREPLACE) == 0) {
    return true;
  }
  if (errno != EINVAL && errno != ENOSYS) {
    return false;
  }
  // Some network file systems do not have that rename; link never replaces.
  return ::link(from.c_str(), to.c_str()) == 0 && ::unlink(from.c_str()) == 0;
}

}  // namespace

Result<AtomicFile> AtomicFile::create(const std::string& path, Overwrite overwrite) {
  return create_as(path, overwrite, /*growing=*/false);
}

Result<AtomicFile> AtomicFile::create_growing(const std::string& path, Overwrite overwrite) {
  return create_as(path, overwrite, /*growing=*/true);
}

Result<AtomicFile> AtomicFile::create_as(const std::string& path,
                                         Overwrite overwrite,
                                         bool growing) {
  const auto make = [&](const std::string& target) {
    return growing ? partial(path, target, overwrite) : beside(path, target);
  };
  if (path == "-" || path == "/dev/stdout") {
    Fd out(::fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3));
    if (!out) {
      return output_os_error("standard output", "cannot be written", errno);
    }
    return AtomicFile("standard output", std::move(out));
  }
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) {
    if (errno != ENOENT) {
      return output_os_error(path, "cannot be looked at", errno);
    }
    if (::lstat(path.c_str(), &status) == 0) {
      return output_error(path, "is a symbolic link to nowhere; remove it or create its target");
    }
    ALINKTF_ASSIGN_OR_RETURN(AtomicFile file, make(path));
    file.overwrite_ = overwrite;
    return file;
  }
  if (S_ISDIR(status.st_mode)) {
    return output_error(path, "is a directory; expected the name of a file");
  }
  if (!S_ISREG(status.st_mode)) {
    ALINKTF_ASSIGN_OR_RETURN(Fd special, open_special(path));
    return AtomicFile(path, std::move(special));
  }
  if (overwrite == Overwrite::kNo) {
    return output_error(
        path,
        "exists already; to replace it, set output.overwriteSink to true (--overwrite of convert)");
  }
  std::error_code error;
  const auto target = std::filesystem::canonical(path, error);
  ALINKTF_ASSIGN_OR_RETURN(AtomicFile file, make(error ? path : target.string()));
  file.overwrite_ = overwrite;
  return file;
}

/// A file with a temporary name in the folder of `target`. With O_EXCL no planted link is followed,
/// and the mode comes out as the umask wants it without asking for the umask.
Result<AtomicFile> AtomicFile::beside(const std::string& name, const std::string& target) {
  if (std::filesystem::path(target).filename().empty()) {
    return output_error(name, "names no file; expected a path that does not end in '/'");
  }
  Fd fd;
  ALINKTF_ASSIGN_OR_RETURN(
      auto temporary, make_sibling(name, target, [&](const auto& sibling) {
        fd = Fd(::open(sibling.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666));
        return fd ? 0 : errno;
      }));
  AtomicFile file(name, std::move(fd));
  file.target_ = target;
  file.temporary_ = std::move(temporary);
  return file;
}

/// NAME.partial beside `target`; what a failed run has left there is somebody's rows.
Result<AtomicFile> AtomicFile::partial(const std::string& name,
                                       const std::string& target,
                                       Overwrite overwrite) {
  if (std::filesystem::path(target).filename().empty()) {
    return output_error(name, "names no file; expected a path that does not end in '/'");
  }
  std::string path = target + ".partial";
  const int replace = overwrite == Overwrite::kYes ? O_TRUNC : O_EXCL;
  Fd fd(::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW | replace, 0666));
  if (!fd && errno == EEXIST) {
    return output_error(name,
                        fmt::format("'{}' exists already, the rows of a job that failed or is "
                                    "running; move it away, or set output.overwriteSink to true",
                                    path));
  }
  if (!fd) {
    return output_os_error(path, "cannot be opened for writing", errno);
  }
  AtomicFile file(name, std::move(fd));
  file.target_ = target;
  file.temporary_ = std::move(path);
  file.growing_ = true;
  return file;
}

AtomicFile::AtomicFile(AtomicFile&& other) noexcept
    : name_(std::move(other.name_)),
      fd_(std::move(other.fd_)),
      target_(std::exchange(other.target_, {})),
      temporary_(std::exchange(other.temporary_, {})),
      overwrite_(other.overwrite_),
      growing_(other.growing_),
      written_(other.written_) {}

AtomicFile& AtomicFile::operator=(AtomicFile&& other) noexcept {
  if (this != &other) {
    abandon();
    name_ = std::move(other.name_);
    fd_ = std::move(other.fd_);
    target_ = std::exchange(other.target_, {});
    temporary_ = std::exchange(other.temporary_, {});
    overwrite_ = other.overwrite_;
    growing_ = other.growing_;
    written_ = other.written_;
  }
  return *this;
}

AtomicFile::~AtomicFile() {
  abandon();
}

void AtomicFile::abandon() noexcept {
  if (!temporary_.empty() && !(growing_ && written_)) {
    ::unlink(temporary_.c_str());
  }
  temporary_.clear();
}

bool AtomicFile::is_terminal() const {
  return ::isatty(fd_.get()) == 1;
}

Result<void> AtomicFile::write(std::string_view bytes) {
  const Result<void> written = write_all(fd_.get(), bytes);
  if (written.ok()) {
    written_ = written_ || !bytes.empty();
    return {};
  }
  const int error = written.error().cause().value();
  return output_os_error(name_, error == EPIPE ? "its reader has gone" : "write", error);
}

Result<void> AtomicFile::commit() {
  if (target_.empty()) {
    return close();
  }
  if (::fsync(fd_.get()) != 0) {
    return output_os_error(name_, "flush to disk", errno);
  }
  ALINKTF_TRY(close());
  ALINKTF_TRY(give_name());
  return sync_folder_of(name_, target_);
}

Result<void> AtomicFile::close() {
  if (const Result<void> closed = fd_.close(); !closed.ok()) {
    return output_os_error(name_, "close", closed.error().cause().value());
  }
  return {};
}

Result<void> AtomicFile::give_name() {
  const bool named = overwrite_ == Overwrite::kYes
                         ? std::rename(temporary_.c_str(), target_.c_str()) == 0
                         : rename_new(temporary_, target_);
  if (named) {
    temporary_.clear();
    return {};
  }
  const int error = errno;
  if (error != EEXIST) {
    return output_os_error(name_, fmt::format("rename '{}' to it", temporary_), error);
  }
  return output_error(name_,
                      fmt::format("a file of that name has appeared since the job began and was "
                                  "left alone; the job's output is in '{}'",
                                  std::exchange(temporary_, {})));
}

}  // namespace alinktf::sys
