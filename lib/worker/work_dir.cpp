#include "worker/work_dir.hpp"

#include "process/guardian.hpp"
#include "sys/fd.hpp"
#include "worker/runtime_folder.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace alinktf::worker {

namespace {

namespace fs = std::filesystem;

Result<void> link(const fs::path& target, const fs::path& name) {
  if (::symlink(target.c_str(), name.c_str()) == 0) {
    return {};
  }
  return os_error(ErrorCode::kInternal, fmt::format("work dir: link '{}'", name.string()));
}

Result<void> make_dir(const fs::path& path) {
  if (::mkdir(path.c_str(), 0700) != 0 && errno != EEXIST) {
    return os_error(ErrorCode::kInternal, fmt::format("work dir: '{}'", path.string()));
  }
  return {};
}

constexpr std::array<const char*, 2> kTensorFiles{"tensor_shapes.txt", "tensor_types.txt"};

Result<void> write_tensor_files(const fs::path& dir) {
  for (const char* name : kTensorFiles) {
    const fs::path path = dir / name;
    ALINKTF_TRY(
        sys::write_new_file(path, "{}").context([&] { return "work dir: " + path.string(); }));
  }
  return {};
}

/// Remove `path` and all below it, if it is there.
Result<void> take_away(const fs::path& path) {
  std::error_code error;
  fs::remove_all(path, error);
  return error ? os_error(ErrorCode::kInternal,
                          fmt::format("work dir: remove '{}'", path.string()),
                          error.value())
               : Result<void>();
}

Result<void> renew_tensor_files(const fs::path& dir) {
  for (const char* name : kTensorFiles) {
    ALINKTF_TRY(take_away(dir / name));
  }
  return write_tensor_files(dir);
}

/// A job's name as part of a file name.
std::string file_name(const std::string& job) {
  std::string name = job.substr(0, 40);
  std::replace_if(
      name.begin(),
      name.end(),
      [](char c) { return c == '/' || static_cast<unsigned char>(c) <= ' '; },
      '_');
  return name;
}

}  // namespace

Result<WorkDir> WorkDir::create(const std::string& parent,
                                const std::string& job,
                                const std::string& cache) {
  ALINKTF_ASSIGN_OR_RETURN(
      auto dir,
      sys::TempDir::create(parent, "alinktf-" + file_name(job) + "-", process::remove_when_ended));
  std::string runtime = cached_runtime(cache);
  if (runtime.empty()) {
    runtime = dir.path() + "/runtime";
    ALINKTF_TRY(extract_runtime(runtime).context([] { return "work dir"; }));
  }
  return WorkDir(std::move(dir), std::move(runtime));
}

void WorkDir::keep() {
  dir_.keep();
  process::remove_when_ended("");
}

Result<std::string> WorkDir::add_task(cluster::TaskId task,
                                      const UserFiles& files,
                                      std::optional<std::size_t> broadcasts,
                                      const sys::Interruption& interruption) const {
  const fs::path dir = task_dir(task);
  ALINKTF_TRY(make_dir(dir));
  if (broadcasts) {
    ALINKTF_TRY(write_tensor_files(dir));
  }
  ALINKTF_TRY(link(files.main_script(), dir / "tf_user_main.py"));
  for (std::size_t number = 1; number <= broadcasts.value_or(0); ++number) {
    ALINKTF_TRY(link(broadcast_file(number), dir / broadcast_name(number)));
  }
  ALINKTF_TRY(files.place(dir.string(), interruption));
  return dir.string();
}

Result<std::string> WorkDir::renew_task(cluster::TaskId task, bool tensor_files) const {
  const fs::path dir = task_dir(task);
  ALINKTF_TRY(take_away(dir / "savedmodel"));
  if (tensor_files) {
    ALINKTF_TRY(renew_tensor_files(dir));
  }
  return dir.string();
}

std::string WorkDir::task_dir(cluster::TaskId task) const {
  return fmt::format("{}/{}-{}", path(), cluster::role_name(task.role), task.index);
}

std::string WorkDir::broadcast_name(std::size_t number) {
  return fmt::format("bc_data_{}", number);
}

}  // namespace alinktf::worker
