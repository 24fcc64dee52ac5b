#include "sys/atomic_directory.hpp"

#include "sys/fd.hpp"
#include "sys/output_path.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <optional>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace alinktf::sys {

namespace {

namespace fs = std::filesystem;

/// A flush takes about 10 ms a file. With more files it is quicker to flush the whole file system.
constexpr std::size_t kMostSynced = 64;

/// What in the directory `path` is not `ours`, or cannot be looked at; nothing if all is.
std::optional<std::string> foreign_entry(const std::string& path,
                                         const AtomicDirectory::Ours& ours) {
  std::error_code error;
  fs::recursive_directory_iterator walk(path, error);
  for (; !error && walk != fs::recursive_directory_iterator(); walk.increment(error)) {
    const fs::file_type type = walk->symlink_status(error).type();
    const bool directory = type == fs::file_type::directory;
    if ((!directory && type != fs::file_type::regular) ||
        !ours(walk->path().filename().native(), directory)) {
      return walk->path().string();
    }
  }
  return error ? std::optional(path) : std::nullopt;
}

/// Remove the directory `path` and what is `ours` in it. False if something else was in it.
bool remove_ours(const std::string& path, const AtomicDirectory::Ours& ours) {
  if (foreign_entry(path, ours)) {
    return false;
  }
  std::error_code error;
  fs::remove_all(path, error);  // by descriptors, without following links
  return !error;
}

int rename_as(const std::string& from, const std::string& to, unsigned flags) {
  return ::renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), flags) == 0 ? 0 : errno;
}

/// Some network file systems know only the plain rename.
bool not_known(int error) {
  return error == EINVAL || error == ENOSYS;
}

/// Give the directory `from` the name `to`, where nothing is. An errno; EEXIST or ENOTEMPTY or
/// ENOTDIR if something is. (The plain rename replaces nothing but an empty directory.)
int rename_new(const std::string& from, const std::string& to) {
  const int error = rename_as(from, to, RENAME_NOREPLACE);
  return not_known(error) ? rename_as(from, to, 0) : error;
}

Result<void> sync_entry(const std::string& name, const fs::path& path) {
  const Fd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
  if (!fd || (::fsync(fd.get()) != 0 && errno != EINVAL && errno != ENOTSUP)) {
    return output_os_error(name, fmt::format("flush '{}' to disk", path.string()), errno);
  }
  return {};
}

Result<void> sync_file_system(const std::string& name, const std::string& path) {
  const Fd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
  if (!fd || ::syncfs(fd.get()) != 0) {
    return output_os_error(name, "flush its files to disk", errno);
  }
  return {};
}

}  // namespace

Result<AtomicDirectory> AtomicDirectory::create(const std::string& path,
                                                Overwrite overwrite,
                                                Ours ours) {
  AtomicDirectory made;
  made.name_ = path;
  made.target_ = path.substr(0, path.find_last_not_of('/') + 1);
  made.overwrite_ = overwrite;
  made.ours_ = std::move(ours);
  if (made.target_.empty()) {
    return output_error(path, "names no directory that could be made");
  }
  struct stat status {};
  if (::lstat(made.target_.c_str(), &status) == 0) {
    std::error_code error;
    const fs::path real = fs::canonical(made.target_, error);
    if (error || ::stat(real.c_str(), &status) != 0) {
      return output_error(path, "is a symbolic link to nowhere; remove it or create its target");
    }
    made.target_ = real.string();
    if (!S_ISDIR(status.st_mode)) {
      return output_error(path, "is no directory, but several files are asked for; remove it");
    }
    if (overwrite == Overwrite::kNo) {
      return output_error(path,
                          "exists already; to replace it, set output.overwriteSink to true "
                          "(--overwrite of convert)");
    }
    if (const auto foreign = foreign_entry(made.target_, made.ours_)) {
      return output_error(path,
                          fmt::format("holds '{}', which no output of several files has written; "
                                      "it is not replaced, choose another path",
                                      *foreign));
    }
  } else if (errno != ENOENT) {
    return output_os_error(path, "cannot be looked at", errno);
  }
  ALINKTF_ASSIGN_OR_RETURN(made.temporary_,
                           make_sibling(path, made.target_, [](const std::string& sibling) {
                             return ::mkdir(sibling.c_str(), 0777) == 0 ? 0 : errno;
                           }));
  return made;
}

AtomicDirectory::AtomicDirectory(AtomicDirectory&& other) noexcept
    : name_(std::move(other.name_)),
      target_(std::move(other.target_)),
      temporary_(std::exchange(other.temporary_, {})),
      overwrite_(other.overwrite_),
      ours_(std::move(other.ours_)) {}

AtomicDirectory& AtomicDirectory::operator=(AtomicDirectory&& other) noexcept {
  if (this != &other) {
    abandon();
    name_ = std::move(other.name_);
    target_ = std::move(other.target_);
    temporary_ = std::exchange(other.temporary_, {});
    overwrite_ = other.overwrite_;
    ours_ = std::move(other.ours_);
  }
  return *this;
}

AtomicDirectory::~AtomicDirectory() {
  abandon();
}

void AtomicDirectory::abandon() noexcept {
  if (!temporary_.empty()) {
    std::error_code ignored;
    fs::remove_all(temporary_, ignored);
    temporary_.clear();
  }
}

Result<void> AtomicDirectory::append(const std::string& file, std::string_view bytes) {
  const fs::path path = fs::path(temporary_) / file;
  constexpr int kFlags = O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW;
  Fd fd(::open(path.c_str(), kFlags, 0666));
  if (!fd && errno == ENOENT) {
    std::error_code error;
    fs::create_directories(path.parent_path(), error);
    if (error) {
      return output_os_error(name_, fmt::format("create the folder of '{}'", file), error.value());
    }
    fd = Fd(::open(path.c_str(), kFlags, 0666));
  }
  if (!fd) {
    return output_os_error(name_, fmt::format("create '{}'", file), errno);
  }
  Result<void> written = write_all(fd.get(), bytes);
  if (written.ok()) {
    written = fd.close();
  }
  return written.ok()
             ? written
             : output_os_error(
                   name_, fmt::format("write '{}'", file), written.error().cause().value());
}

Result<void> AtomicDirectory::add_folder(const std::string& path) {
  const fs::path whole = fs::path(temporary_) / path;
  std::error_code error;
  fs::create_directories(path.ends_with('/') ? whole.parent_path() : whole, error);
  return error ? output_os_error(name_, fmt::format("create the folder '{}'", path), error.value())
               : Result<void>();
}

Result<void> AtomicDirectory::commit() {
  ALINKTF_TRY(sync());
  ALINKTF_TRY(overwrite_ == Overwrite::kYes ? replace() : give_name());
  return sync_folder_of(name_, target_);
}

Result<void> AtomicDirectory::sync() const {
  std::vector<fs::path> paths;
  std::error_code error;
  fs::recursive_directory_iterator walk(temporary_, error);
  for (; !error && walk != fs::recursive_directory_iterator(); walk.increment(error)) {
    paths.push_back(walk->path());
  }
  if (error) {
    return output_os_error(name_, fmt::format("list '{}'", temporary_), error.value());
  }
  if (paths.size() > kMostSynced) {
    return sync_file_system(name_, temporary_);
  }
  for (const fs::path& path : paths) {
    ALINKTF_TRY(sync_entry(name_, path));
  }
  return sync_entry(name_, temporary_);
}

Error AtomicDirectory::keep(const std::string& why) {
  return output_error(
      name_, fmt::format("{}; the job's output is in '{}'", why, std::exchange(temporary_, {})));
}

Result<void> AtomicDirectory::give_name() {
  const int error = rename_new(temporary_, target_);
  if (error == 0) {
    temporary_.clear();
    return {};
  }
  if (error != EEXIST && error != ENOTEMPTY && error != ENOTDIR) {
    return output_os_error(name_, fmt::format("rename '{}' to it", temporary_), error);
  }
  return keep("something of that name has appeared since the job began and was left alone");
}

Result<void> AtomicDirectory::replace() {
  struct stat status {};
  if (::lstat(target_.c_str(), &status) != 0 && errno == ENOENT) {
    return give_name();
  }
  if (!S_ISDIR(status.st_mode) || foreign_entry(target_, ours_)) {
    return keep(
        "has come to hold what no output of several files writes since the job began, and "
        "was left alone");
  }
  std::string old = temporary_;
  int error = rename_as(temporary_, target_, RENAME_EXCHANGE);
  if (not_known(error)) {
    ALINKTF_ASSIGN_OR_RETURN(old, make_sibling(name_, target_, [&](const std::string& sibling) {
                               return rename_new(target_, sibling);
                             }));
    error = rename_as(temporary_, target_, 0);
    if (error != 0) {
      rename_as(old, target_, 0);
    }
  }
  if (error != 0) {
    return output_os_error(name_, fmt::format("rename '{}' to it", temporary_), error);
  }
  temporary_.clear();
  if (!remove_ours(old, ours_)) {
    return output_error(name_,
                        fmt::format("is written, but the directory that it replaces could not be "
                                    "removed; that is '{}' now",
                                    old));
  }
  return {};
}

}  // namespace alinktf::sys
