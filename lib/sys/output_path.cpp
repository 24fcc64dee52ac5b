#include "sys/output_path.hpp"

#include "sys/fd.hpp"

#include <fmt/format.h>

#include <array>
#include <cerrno>
#include <filesystem>
#include <string_view>

#include <fcntl.h>
#include <sys/random.h>
#include <unistd.h>

namespace alinktf::sys {

namespace {

constexpr std::size_t kNameBytes = 200;  // of the target's name, so that ours stays under NAME_MAX
constexpr int kNameAttempts = 100;

std::string random_suffix() {
  constexpr std::string_view kLetters = "abcdefghijklmnopqrstuvwxyz012345";  // 32: no bias
  std::array<unsigned char, 6> bytes{};
  static_cast<void>(!::getrandom(bytes.data(), bytes.size(), 0));
  std::string suffix;
  for (const unsigned char byte : bytes) {
    suffix.push_back(kLetters[byte % kLetters.size()]);
  }
  return suffix;
}

std::string folder_of(const std::string& path) {
  const std::string folder = std::filesystem::path(path).parent_path().string();
  return folder.empty() ? "." : folder;
}

/// Why nothing can be created in the folder of `target`, and what to do about it.
Error folder_error(const std::string& name, const std::string& target, int error) {
  const std::string folder = folder_of(target);
  std::string what = fmt::format("cannot create a file in folder '{}'", folder);
  if (error == ENOENT) {
    what = fmt::format("folder '{}' does not exist; create it first", folder);
  } else if (error == EACCES || error == EPERM || error == EROFS) {
    what += "; choose another path or change the folder's permissions";
  }
  return output_os_error(name, what, error);
}

}  // namespace

Error output_error(const std::string& name, const std::string& what) {
  return {ErrorCode::kOutput, fmt::format("output '{}': {}", name, what)};
}

Error output_os_error(const std::string& name, const std::string& what, int error_number) {
  return os_error(ErrorCode::kOutput, fmt::format("output '{}': {}", name, what), error_number);
}

Result<std::string> make_sibling(const std::string& name,
                                 const std::string& target,
                                 const std::function<int(const std::string& path)>& make) {
  const std::filesystem::path path(target);
  const std::string stem = path.filename().string().substr(0, kNameBytes);
  int error = EEXIST;
  for (int attempt = 0; attempt < kNameAttempts && error == EEXIST; ++attempt) {
    const std::string sibling =
        (path.parent_path() / fmt::format(".{}.alinktf-{}", stem, random_suffix())).string();
    error = make(sibling);
    if (error == 0) {
      return sibling;
    }
  }
  return folder_error(name, target, error);
}

Result<void> sync_folder_of(const std::string& name, const std::string& target) {
  const Fd folder(::open(folder_of(target).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (folder && ::fsync(folder.get()) != 0 && errno != EINVAL && errno != ENOTSUP) {
    return output_os_error(name, "flush its folder to disk", errno);
  }
  return {};
}

}  // namespace alinktf::sys
