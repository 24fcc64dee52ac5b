#include "sys/temp_dir.hpp"

#include <fmt/format.h>

#include <cstdlib>
#include <filesystem>
#include <utility>

namespace alinktf::sys {

namespace {

namespace fs = std::filesystem;

/// Give the owner all rights on every directory under `root`: a script may have taken them away.
void unlock_directories(const fs::path& root) {
  std::error_code ignored;
  fs::permissions(root, fs::perms::owner_all, fs::perm_options::add, ignored);
  fs::recursive_directory_iterator walk(
      root, fs::directory_options::skip_permission_denied, ignored);
  for (; walk != fs::recursive_directory_iterator(); walk.increment(ignored)) {
    if (!walk->is_symlink(ignored) && walk->is_directory(ignored)) {
      fs::permissions(walk->path(), fs::perms::owner_all, fs::perm_options::add, ignored);
    }
  }
}

std::error_code remove_tree(const std::string& path) {
  std::error_code error;
  fs::remove_all(path, error);  // by descriptors, without following links
  if (error) {
    unlock_directories(path);
    fs::remove_all(path, error);
  }
  return error;
}

}  // namespace

Result<TempDir> TempDir::create(const std::string& parent, const std::string& prefix) {
  std::string path = fmt::format("{}/{}XXXXXX", parent, prefix);
  if (::mkdtemp(path.data()) == nullptr) {
    return os_error(ErrorCode::kInternal,
                    fmt::format("cannot make a work folder in '{}'; choose another place with "
                                "--work-dir or the TMPDIR environment variable",
                                parent));
  }
  return TempDir(std::move(path));
}

TempDir::TempDir(TempDir&& other) noexcept
    : path_(std::exchange(other.path_, {})), keep_(other.keep_) {}

TempDir& TempDir::operator=(TempDir&& other) noexcept {
  TempDir taken(std::move(other));
  std::swap(path_, taken.path_);
  std::swap(keep_, taken.keep_);
  return *this;
}

TempDir::~TempDir() {
  if (!path_.empty() && !keep_) {
    remove_tree(path_);
  }
}

Result<void> TempDir::remove() {
  const std::string path = std::exchange(path_, {});
  if (path.empty()) {
    return {};
  }
  if (const std::error_code error = remove_tree(path)) {
    return Error(ErrorCode::kInternal, fmt::format("remove the work folder '{}'", path), error);
  }
  return {};
}

}  // namespace alinktf::sys
