#include "model/tree.hpp"

#include "sys/fd.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>

#include <fcntl.h>

namespace alinktf::model {

namespace {

namespace fs = std::filesystem;

Error cannot(std::string_view what, const fs::path& path, int error_number) {
  return os_error(ErrorCode::kInternal, fmt::format("{} '{}'", what, path.string()), error_number);
}

}  // namespace

bool is_safe_path(std::string_view path) {
  constexpr std::size_t kLongest = 4096;
  const bool plain = std::none_of(path.begin(), path.end(), [](char c) {
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7F;
  });
  if (!plain || path.empty() || path.size() > kLongest) {
    return false;
  }
  path.remove_suffix(path.ends_with('/') ? 1 : 0);
  while (true) {
    const std::size_t end = std::min(path.find('/'), path.size());
    const std::string_view part = path.substr(0, end);
    if (part.empty() || part == "." || part == "..") {
      return false;
    }
    if (end == path.size()) {
      return true;
    }
    path.remove_prefix(end + 1);
  }
}

Result<void> FolderWriter::add_directory(const std::string& path) {
  const fs::path whole = fs::path(folder_) / path;
  std::error_code error;
  fs::create_directories(path.ends_with('/') ? whole.parent_path() : whole, error);
  return error ? cannot("create the folder", whole, error.value()) : Result<void>();
}

Result<void> FolderWriter::append(const std::string& path, std::string_view bytes) {
  const fs::path whole = fs::path(folder_) / path;
  constexpr int kFlags = O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW;
  sys::Fd fd(::open(whole.c_str(), kFlags, 0666));
  if (!fd && errno == ENOENT) {
    std::error_code error;
    fs::create_directories(whole.parent_path(), error);
    fd = sys::Fd(::open(whole.c_str(), kFlags, 0666));
  }
  if (!fd) {
    return cannot("create", whole, errno);
  }
  const auto write = [&] { return fmt::format("write '{}'", whole.string()); };
  ALINKTF_TRY(sys::write_all(fd.get(), bytes).context(write));
  return fd.close().context(write);
}

}  // namespace alinktf::model
