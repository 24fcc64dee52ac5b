#include "archive/tree.hpp"

#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <climits>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace alinktf::archive {

namespace {

constexpr mode_t kPermissions = 0777;  // without setuid, setgid, sticky
constexpr mode_t kOwnDirectory = 0700;
constexpr mode_t kOwnFile = 0600;
constexpr int kOpenDirectory = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;

Error blamed(std::string text) {
  return {ErrorCode::kSpec, std::move(text)};
}

/// The system refused to `what`; a name that is too long for it is the archive's fault.
Error refused(const std::string& what) {
  return os_error(errno == ENAMETOOLONG ? ErrorCode::kSpec : ErrorCode::kInternal, what);
}

/// "." and empty parts left out.
std::vector<std::string> split(std::string_view path) {
  std::vector<std::string> parts;
  while (!path.empty()) {
    const std::string_view part = path.substr(0, path.find('/'));
    if (!part.empty() && part != ".") {
      parts.emplace_back(part);
    }
    path.remove_prefix(std::min(part.size() + 1, path.size()));
  }
  return parts;
}

/// Open the directory `name` in `parent`; not a link to one.
Result<sys::Fd> open_directory(int parent, const std::string& name) {
  const int fd = ::openat(parent, name.c_str(), kOpenDirectory);
  if (fd >= 0) {
    return sys::Fd(fd);
  }
  const int error = errno;
  if (error == ELOOP || error == ENOTDIR) {
    return blamed(fmt::format("expected a directory as {}, found a file or link", quote(name)));
  }
  return os_error(ErrorCode::kInternal, fmt::format("open directory {}", quote(name)), error);
}

/// Make a directory unless it is there. Links that have its name are found by opening it.
Result<void> make_directory(int parent, const std::string& name, mode_t mode) {
  if (::mkdirat(parent, name.c_str(), (mode & kPermissions) | kOwnDirectory) != 0 &&
      errno != EEXIST) {
    return refused(fmt::format("make directory {}", quote(name)));
  }
  return {};
}

/// True if a link with this target stays inside, seen from a directory `depth` levels down.
bool stays_inside(std::string_view target, std::size_t depth) {
  if (target.empty() || target.front() == '/') {
    return false;
  }
  std::size_t up = 0;
  bool down = false;
  for (const std::string& part : split(target)) {
    if (part != "..") {
      down = true;
    } else if (down || ++up > depth) {
      return false;
    }
  }
  return true;
}

}  // namespace

Result<std::vector<std::string>> parts_of(std::string_view name) {
  if (!name.empty() && name.front() == '/') {
    return blamed("expected a relative name, found an absolute one");
  }
  std::vector<std::string> parts = split(name);
  if (std::find(parts.begin(), parts.end(), "..") != parts.end()) {
    return blamed("expected a name without '..', which leads out of the archive's directory");
  }
  for (const std::string& part : parts) {
    if (part.size() > NAME_MAX) {
      return blamed(fmt::format(
          "expected names of at most {} bytes between slashes, found {}", NAME_MAX, part.size()));
    }
  }
  return parts;
}

Result<Tree> Tree::open(const std::string& path) {
  ALINKTF_ASSIGN_OR_RETURN(sys::Fd root, sys::Fd::open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  return Tree(std::move(root));
}

Result<sys::Fd> Tree::enter(int at, const std::string& name, Missing missing) {
  if (missing == Missing::kMake) {
    ALINKTF_TRY(make_directory(at, name, kPermissions));
  }
  return open_directory(at, name);
}

Result<sys::Fd> Tree::parent_of(const std::vector<std::string>& parts, Missing missing) const {
  ALINKTF_ASSIGN_OR_RETURN(sys::Fd at, sys::Fd::duplicate(root_.get()));
  for (std::size_t i = 0; i + 1 < parts.size(); ++i) {
    ALINKTF_ASSIGN_OR_RETURN(at, enter(at.get(), parts[i], missing));
  }
  return at;
}

Result<sys::Fd> Tree::place_for(const std::vector<std::string>& parts) const {
  if (parts.empty()) {
    return blamed("expected a name, found the archive's directory itself");
  }
  ALINKTF_ASSIGN_OR_RETURN(sys::Fd parent, parent_of(parts, Missing::kMake));
  if (::unlinkat(parent.get(), parts.back().c_str(), 0) != 0 && errno != ENOENT) {
    if (errno == EISDIR || errno == EPERM) {
      return blamed("stands where a directory is");
    }
    return refused(fmt::format("replace {}", quote(parts.back())));
  }
  return parent;
}

Result<void> Tree::add_directory(const std::vector<std::string>& parts, mode_t mode) const {
  if (parts.empty()) {
    return {};
  }
  ALINKTF_ASSIGN_OR_RETURN(const sys::Fd parent, parent_of(parts, Missing::kMake));
  ALINKTF_TRY(make_directory(parent.get(), parts.back(), mode));
  ALINKTF_TRY(open_directory(parent.get(), parts.back()));
  return {};
}

Result<sys::Fd> Tree::add_file(const std::vector<std::string>& parts, mode_t mode) const {
  ALINKTF_ASSIGN_OR_RETURN(const sys::Fd parent, place_for(parts));
  sys::Fd file(::openat(parent.get(),
                        parts.back().c_str(),
                        O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
                        (mode & kPermissions) | kOwnFile));
  if (!file) {
    return os_error(ErrorCode::kInternal, fmt::format("make file {}", quote(parts.back())));
  }
  return file;
}

Result<void> Tree::add_symbolic_link(const std::vector<std::string>& parts,
                                     std::string_view target,
                                     LinkTarget allowed) const {
  if (allowed == LinkTarget::kInside && !parts.empty() && !stays_inside(target, parts.size() - 1)) {
    return blamed(fmt::format(
        "expected a symbolic link that stays in the archive's directory, found one to {}",
        quote(target)));
  }
  ALINKTF_ASSIGN_OR_RETURN(const sys::Fd parent, place_for(parts));
  if (::symlinkat(std::string(target).c_str(), parent.get(), parts.back().c_str()) != 0) {
    return refused(fmt::format("make link {}", quote(parts.back())));
  }
  return {};
}

Result<void> Tree::add_hard_link(const std::vector<std::string>& parts,
                                 const std::vector<std::string>& target) const {
  if (target.empty() || target == parts) {
    return blamed("expected a hard link to another file");
  }
  struct stat info {};
  const auto from = parent_of(target, Missing::kFail);
  const bool there =
      from.ok() &&
      ::fstatat(from.value().get(), target.back().c_str(), &info, AT_SYMLINK_NOFOLLOW) == 0;
  // A link to a symbolic link would move it, and what it says with it.
  if (!there || !S_ISREG(info.st_mode)) {
    return blamed(fmt::format("expected a hard link to a file before it, found one to {}",
                              quote(fmt::format("{}", fmt::join(target, "/")))));
  }
  ALINKTF_ASSIGN_OR_RETURN(const sys::Fd parent, place_for(parts));
  if (::linkat(from.value().get(), target.back().c_str(), parent.get(), parts.back().c_str(), 0) !=
      0) {
    return os_error(ErrorCode::kInternal, fmt::format("make link {}", quote(parts.back())));
  }
  return {};
}

}  // namespace alinktf::archive
