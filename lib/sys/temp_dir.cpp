#include "sys/temp_dir.hpp"

#include <fmt/format.h>

#include <array>
#include <cerrno>
#include <filesystem>
#include <string_view>
#include <utility>

#include <sys/random.h>
#include <sys/stat.h>

namespace alinktf::sys {

namespace {

namespace fs = std::filesystem;

/// Six that nobody can guess.
std::string random_letters() {
  constexpr std::string_view kLetters =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
  std::array<unsigned char, 6> bytes{};
  static_cast<void>(::getrandom(bytes.data(), bytes.size(), 0));  // so few never fail
  std::string letters;
  for (const unsigned char byte : bytes) {
    letters.push_back(kLetters[byte % kLetters.size()]);
  }
  return letters;
}

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

Result<TempDir> TempDir::create(const std::string& parent,
                                const std::string& prefix,
                                const Announce& announce) {
  for (;;) {
    std::string path = fmt::format("{}/{}{}", parent, prefix, random_letters());
    if (announce) {
      announce(path);
    }
    if (::mkdir(path.c_str(), S_IRWXU) == 0) {
      return TempDir(std::move(path));
    }
    if (errno != EEXIST) {
      return os_error(ErrorCode::kInternal,
                      fmt::format("cannot make a work folder in '{}'; choose another place with "
                                  "--work-dir or the TMPDIR environment variable",
                                  parent));
    }
  }
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
