#include "worker/interpreter.hpp"

#include "base/text.hpp"
#include "spec/spec.hpp"
#include "worker/packed_env.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <string_view>
#include <vector>

#include <unistd.h>

namespace alinktf::worker {

namespace {

namespace fs = std::filesystem;

bool runnable(const fs::path& path) {
  std::error_code error;
  return fs::is_regular_file(path, error) && ::access(path.c_str(), X_OK) == 0;
}

/// The program `name` in the first folder of `search_path` that has it.
std::optional<std::string> on_path(const std::string& name, const std::string& search_path) {
  std::string_view rest = search_path;
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find(':'), rest.size());
    const fs::path candidate = fs::path(rest.substr(0, end)) / name;
    if (end != 0 && runnable(candidate)) {
      return fs::absolute(candidate).string();
    }
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return std::nullopt;
}

/// `value` as a program: itself, bin/python of the environment folder it names, or a command on
/// PATH.
Result<std::string> program_of(std::string value,
                               std::string_view place,
                               const std::string& search_path) {
  constexpr std::string_view kScheme = "file://";
  if (value.starts_with(kScheme)) {
    value.erase(0, kScheme.size());
  }
  const fs::path path = fs::absolute(value).lexically_normal();
  std::vector<std::string> tried;
  for (const fs::path& candidate : {path, path / "bin" / "python", path / "bin" / "python3"}) {
    if (runnable(candidate)) {
      return candidate.string();
    }
    tried.push_back(candidate.string());
  }
  if (value.find('/') == std::string::npos) {
    if (auto command = on_path(value, search_path)) {
      return *std::move(command);
    }
    tried.push_back(value + " on PATH");
  }
  return Error(ErrorCode::kSpec,
               fmt::format("{}: found '{}', expected a Python program, the folder of a virtual "
                           "or conda environment, or an archive of one (tried {})",
                           place,
                           value,
                           fmt::join(tried, ", ")));
}

/// The archive that `value` names; nothing if it names none.
std::optional<std::string> archive_of(std::string value) {
  constexpr std::string_view kScheme = "file://";
  if (value.starts_with(kScheme)) {
    value.erase(0, kScheme.size());
  }
  const fs::path path = fs::absolute(value).lexically_normal();
  std::error_code error;
  return spec::is_archive_name(value) && fs::is_regular_file(path, error)
             ? std::optional(path.string())
             : std::nullopt;
}

/// Folders that may hold packages for the interpreter at `program`.
std::vector<fs::path> package_folders(const fs::path& program) {
  const fs::path prefix = program.parent_path().parent_path();
  std::vector<fs::path> folders{prefix / "lib/python3/dist-packages"};
  std::error_code error;
  for (const fs::path& lib : {prefix / "lib", prefix / "local/lib"}) {
    for (const auto& entry : fs::directory_iterator(lib, error)) {
      if (entry.path().filename().string().starts_with("python3.")) {
        folders.push_back(entry.path() / "site-packages");
        folders.push_back(entry.path() / "dist-packages");
      }
    }
  }
  return folders;
}

/// The version in a name such as tensorflow_cpu-2.15.1.dist-info.
std::optional<std::string> tensorflow_version(std::string_view name) {
  constexpr std::string_view kEnd = ".dist-info";
  constexpr std::array<std::string_view, 5> kPackages{
      "tensorflow-", "tensorflow_cpu-", "tensorflow_gpu-", "tensorflow_intel-", "tensorflow_rocm-"};
  for (const std::string_view package : kPackages) {
    if (name.starts_with(package) && name.ends_with(kEnd)) {
      name.remove_prefix(package.size());
      name.remove_suffix(kEnd.size());
      return std::string(name);
    }
  }
  return std::nullopt;
}

/// The version of TensorFlow and the folder that it lies in, to `found`.
void find_tensorflow(Interpreter& found) {
  std::error_code error;
  for (const fs::path& folder : package_folders(found.path)) {
    for (const auto& entry : fs::directory_iterator(folder, error)) {
      if (auto version = tensorflow_version(entry.path().filename().string())) {
        found.tensorflow = std::move(version);
        found.packages = folder.string();
        return;
      }
    }
  }
}

/// The interpreter in `archive`: ready if an earlier run has unpacked it.
Result<Interpreter> find_packed(std::string archive, const std::string& cache, Interpreter found) {
  ALINKTF_ASSIGN_OR_RETURN(
      found.folder, packed_env_folder(archive, cache).context([&] { return found.found_by; }));
  if (unpacked_env(found.folder)) {
    ALINKTF_TRY(take_unpacked(found));
    return found;
  }
  found.archive = std::move(archive);
  found.path = found.folder + "/bin/python";
  return found;
}

}  // namespace

Result<void> take_unpacked(Interpreter& interpreter) {
  const auto env = unpacked_env(interpreter.folder);
  ALINKTF_ASSIGN_OR_RETURN(interpreter.path,
                           program_of(env.value_or(interpreter.folder), interpreter.found_by, ""));
  interpreter.archive.clear();
  interpreter.tensorflow.reset();
  find_tensorflow(interpreter);
  return {};
}

Result<Interpreter> find_interpreter(const InterpreterSearch& search) {
  struct Place {
    std::string name;
    std::string value;
  };
  const auto variable = [&](const std::string& name) {
    return Place{name, search.environment(name).value_or("")};
  };
  const std::array places{Place{"--python", search.command_line},
                          Place{"/pythonEnv", search.python_env},
                          variable(search.alink_variable),
                          variable("VIRTUAL_ENV")};
  const std::string search_path = search.environment("PATH").value_or("");
  Interpreter found;
  for (const Place& place : places) {
    if (!place.value.empty()) {
      found.found_by = place.name;
      if (auto archive = archive_of(place.value)) {
        return find_packed(*std::move(archive), search.cache, std::move(found));
      }
      ALINKTF_ASSIGN_OR_RETURN(found.path, program_of(place.value, place.name, search_path));
      break;
    }
  }
  if (found.path.empty()) {
    const auto python3 = on_path("python3", search_path);
    if (!python3) {
      return Error(
          ErrorCode::kSpec,
          "no Python found: there is no python3 on PATH; name one with --python or pythonEnv");
    }
    found.path = *python3;
    found.found_by = "PATH";
  }
  find_tensorflow(found);
  return found;
}

}  // namespace alinktf::worker
