#include "worker/runtime_folder.hpp"

#include "base/embedded.hpp"
#include "log/log.hpp"
#include "sys/fd.hpp"
#include "sys/temp_dir.hpp"

#include <fmt/format.h>

#include <chrono>
#include <cstdio>
#include <filesystem>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace alinktf::worker {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view kPrefix = "runtime-";
constexpr std::chrono::hours kUnused(24 * 90);

Result<void> make_folders(const fs::path& path) {
  std::error_code error;
  fs::create_directories(path, error);
  return error ? Result<void>(Error(ErrorCode::kInternal, path.string(), error)) : Result<void>();
}

/// FNV-1a over paths and bytes, twice from different starts: tells builds apart, nothing more.
std::string runtime_hash() {
  std::uint64_t first = 0xcbf29ce484222325U;
  std::uint64_t second = 0x84222325cbf29ce4U;
  const auto add = [&](std::string_view text) {
    for (const char c : text) {
      constexpr std::uint64_t kPrime = 0x100000001b3U;
      first = (first ^ static_cast<unsigned char>(c)) * kPrime;
      second = (second ^ static_cast<unsigned char>(c)) * kPrime;
    }
  };
  for (const embedded::File& file : embedded::worker_runtime()) {
    add(file.path);
    add(std::string_view("\0", 1));
    add(file.bytes);
  }
  return fmt::format("{:016x}{:016x}", first, second);
}

/// True if `path` is a folder of ours that nobody else can write to: its code runs with our rights.
bool is_ours_alone(const std::string& path) {
  struct stat info {};
  return ::lstat(path.c_str(), &info) == 0 && S_ISDIR(info.st_mode) && info.st_uid == ::geteuid() &&
         (info.st_mode & (S_IWGRP | S_IWOTH)) == 0;
}

/// Folders of other builds that nobody has used for long.
void remove_unused(const fs::path& parent) {
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(parent, error)) {
    const bool ours = entry.path().filename().string().starts_with(kPrefix);
    const auto time = fs::last_write_time(entry.path(), error);
    if (ours && !error && fs::file_time_type::clock::now() - time > kUnused) {
      fs::remove_all(entry.path(), error);
    }
  }
}

/// Extract the runtime beside `target` and give it that name; another run may have been faster.
Result<void> make_cached(const fs::path& target) {
  ALINKTF_TRY(make_folders(target.parent_path()));
  ALINKTF_ASSIGN_OR_RETURN(auto made,
                           sys::TempDir::create(target.parent_path().string(), ".runtime-"));
  ALINKTF_TRY(extract_runtime(made.path() + "/new"));
  if (std::rename((made.path() + "/new").c_str(), target.c_str()) != 0 && errno != EEXIST &&
      errno != ENOTEMPTY) {
    return os_error(ErrorCode::kInternal, target.string());
  }
  return {};
}

}  // namespace

Result<void> extract_runtime(const std::string& to) {
  ALINKTF_TRY(make_folders(to));
  if (::chmod(to.c_str(), 0700) != 0) {
    return os_error(ErrorCode::kInternal, to);
  }
  for (const embedded::File& file : embedded::worker_runtime()) {
    const fs::path path = fs::path(to) / file.path;
    ALINKTF_TRY(make_folders(path.parent_path()));
    ALINKTF_TRY(sys::write_new_file(path, file.bytes));
  }
  return {};
}

std::string cached_runtime(const std::string& cache) {
  if (cache.empty()) {
    return {};
  }
  const fs::path parent = fs::path(cache) / "alinktf";
  std::string target = (parent / (std::string(kPrefix) + runtime_hash())).string();
  std::error_code error;
  if (!fs::exists(target, error)) {
    if (const auto made = make_cached(target); !made.ok()) {
      log::message(log::Level::kDebug, "the runtime is not cached: " + made.error().str());
      return {};
    }
    remove_unused(parent);
  }
  if (!is_ours_alone(parent.string()) || !is_ours_alone(target)) {
    log::message(log::Level::kDebug,
                 fmt::format("the runtime in {} is not used: others can write there", target));
    return {};
  }
  static_cast<void>(::utimensat(AT_FDCWD, target.c_str(), nullptr, 0));  // it is in use
  return target;
}

}  // namespace alinktf::worker
