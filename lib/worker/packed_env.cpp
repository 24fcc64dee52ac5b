#include "worker/packed_env.hpp"

#include "archive/unpack.hpp"
#include "base/text.hpp"
#include "process/child.hpp"
#include "sys/fd.hpp"

#include <fmt/format.h>

#include <array>
#include <cerrno>
#include <filesystem>

#include <fcntl.h>
#include <poll.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

namespace alinktf::worker {

namespace {

namespace fs = std::filesystem;

/// In the folder of an environment that is ready.
constexpr std::string_view kReady = "/.alinktf-ready";
/// Between two looks at what cannot be waited for together with signals.
constexpr int kLookAgain = 50;  // ms

Error failed(const std::string& what, const std::string& path, std::error_code error) {
  return {ErrorCode::kInternal, fmt::format("{} {}", what, quote(path)), error};
}

bool is_there(const fs::path& path) {
  std::error_code error;
  return fs::exists(fs::symlink_status(path, error));
}

bool holds_python(const fs::path& folder) {
  return is_there(folder / "bin/python") || is_there(folder / "bin/python3");
}

/// The folder of the environment in `folder`, ready or not.
std::optional<std::string> env_in(const std::string& folder) {
  if (holds_python(folder)) {
    return folder;
  }
  std::error_code error;
  std::optional<std::string> found;
  for (const auto& entry : fs::directory_iterator(folder, error)) {
    if (holds_python(entry.path())) {
      if (found) {
        return std::nullopt;
      }
      found = entry.path().string();
    }
  }
  return found;
}

/// Wait a moment for what has no descriptor, or for `fd`; ends early for the interruption.
Result<void> wait(int fd, const sys::Interruption& interruption) {
  std::array<pollfd, 2> all{pollfd{.fd = fd, .events = POLLIN, .revents = 0},
                            pollfd{.fd = interruption.fd, .events = POLLIN, .revents = 0}};
  ::poll(all.data(), all.size(), kLookAgain);
  return interruption.check();
}

/// The lock on `path`, held until it is closed.
Result<sys::Fd> lock(const std::string& path, const sys::Interruption& interruption) {
  ALINKTF_ASSIGN_OR_RETURN(sys::Fd file, sys::Fd::open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  while (::flock(file.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK && errno != EINTR) {
      return os_error(ErrorCode::kInternal, "lock " + quote(path));
    }
    ALINKTF_TRY(wait(-1, interruption));
  }
  return file;
}

/// conda-pack's program that writes the environment's new place into its files.
Result<void> run_conda_unpack(const std::string& env,
                              const std::vector<std::string>& variables,
                              const sys::Interruption& interruption) {
  const std::string program = env + "/bin/conda-unpack";
  if (!is_there(program)) {
    return {};
  }
  const std::string python = env + (is_there(env + "/bin/python") ? "/bin/python" : "/bin/python3");
  ALINKTF_ASSIGN_OR_RETURN(
      process::Child child,
      process::Child::start({.argv = {python, program},
                             .env = variables,
                             .fds = {{STDOUT_FILENO, STDERR_FILENO}},  // ours may take the rows
                             .isolation = process::Isolation::kSession}));
  for (;;) {
    ALINKTF_ASSIGN_OR_RETURN(const auto status, child.try_reap());
    if (status && status->success()) {
      return {};
    }
    if (status) {
      return Error(ErrorCode::kSpec, fmt::format("'{}': {}", program, process::describe(*status)));
    }
    ALINKTF_TRY(wait(child.pidfd(), interruption));
  }
}

Result<void> make_ready(const std::string& folder) {
  return sys::Fd::open(folder + std::string(kReady), O_WRONLY | O_CREAT | O_CLOEXEC, 0600).ok()
             ? Result<void>()
             : os_error(ErrorCode::kInternal, folder);
}

Result<void> fill(const std::string& archive,
                  const std::string& folder,
                  const sys::Interruption& interruption) {
  const std::string partial = folder + ".partial";
  std::error_code error;
  for (const std::string& old : {partial, folder}) {
    fs::remove_all(old, error);
  }
  if (!fs::create_directory(partial, error)) {
    return failed("make", partial, error);
  }
  auto unpacked = archive::unpack(archive, partial, {.outside_links = true}, interruption);
  if (unpacked.ok() && !env_in(partial)) {
    unpacked = Error(ErrorCode::kSpec,
                     fmt::format("archive {}: expected a Python environment as conda-pack or "
                                 "venv-pack make it, found no bin/python",
                                 quote(archive)));
  }
  if (!unpacked.ok()) {
    fs::remove_all(partial, error);
    return unpacked;
  }
  fs::rename(partial, folder, error);
  return error ? Result<void>(failed("make", folder, error)) : Result<void>();
}

}  // namespace

Result<std::string> packed_env_folder(const std::string& archive, const std::string& cache) {
  if (cache.empty()) {
    return Error(ErrorCode::kSpec,
                 "no cache directory to unpack the Python environment into; set XDG_CACHE_HOME");
  }
  struct stat info {};
  if (::stat(archive.c_str(), &info) != 0) {
    return os_error(ErrorCode::kSpec, "archive " + quote(archive));
  }
  const std::string identity = fmt::format(
      "{}\n{}\n{}\n{}", archive, info.st_size, info.st_mtim.tv_sec, info.st_mtim.tv_nsec);
  std::uint64_t hash = 0xcbf29ce484222325U;  // FNV-1a
  for (const char c : identity) {
    hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3U;
  }
  return fmt::format("{}/alinktf/python-envs/{:016x}", cache, hash);
}

std::optional<std::string> unpacked_env(const std::string& folder) {
  return is_there(folder + std::string(kReady)) ? env_in(folder) : std::nullopt;
}

Result<void> unpack_env(const std::string& archive,
                        const std::string& folder,
                        const std::vector<std::string>& variables,
                        const sys::Interruption& interruption) {
  std::error_code error;
  fs::create_directories(fs::path(folder).parent_path(), error);
  if (error) {
    return failed("make", folder, error);
  }
  ALINKTF_ASSIGN_OR_RETURN(const sys::Fd held, lock(folder + ".lock", interruption));
  if (unpacked_env(folder)) {
    return {};  // another job has done it
  }
  ALINKTF_TRY(fill(archive, folder, interruption));
  ALINKTF_TRY(run_conda_unpack(*env_in(folder), variables, interruption));
  return make_ready(folder);
}

}  // namespace alinktf::worker
