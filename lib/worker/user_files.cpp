#include "worker/user_files.hpp"

#include "base/text.hpp"
#include "spec/spec.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include <fcntl.h>
#include <unistd.h>

namespace alinktf::worker {

namespace {

namespace fs = std::filesystem;

/// By how much a path in a task's directory may be longer than where its archive was unpacked.
constexpr std::size_t kTaskNameBytes = 32;

Error failed(const std::string& what, const fs::path& path, std::error_code error) {
  return {ErrorCode::kInternal, fmt::format("work dir: {} {}", what, quote(path.string())), error};
}

Result<void> make_folder(const fs::path& path) {
  std::error_code error;
  fs::create_directories(path, error);
  return error ? Result<void>(failed("make", path, error)) : Result<void>();
}

/// Call `visit` with each entry of the tree at `root` and its path below it, folders first.
template <typename Visit>
Result<void> walk(const fs::path& root, Visit visit) {
  std::error_code error;
  fs::recursive_directory_iterator entry(root, error);
  for (; !error && entry != fs::recursive_directory_iterator(); entry.increment(error)) {
    ALINKTF_TRY(visit(*entry, entry->path().lexically_relative(root)));
  }
  return error ? Result<void>(failed("read", root, error)) : Result<void>();
}

bool is_folder(const fs::path& path) {
  std::error_code error;
  return fs::is_directory(fs::symlink_status(path, error));
}

/// Links stay links: they lead to files of the same tree.
Result<void> copy_entry(const fs::directory_entry& from, const fs::path& to) {
  std::error_code error;
  if (is_folder(from.path())) {
    fs::create_directory(to, from.path(), error);
    if (!error) {
      fs::permissions(to, fs::perms::owner_all, fs::perm_options::add, error);
    }
  } else {
    fs::copy(from.path(), to, fs::copy_options::copy_symlinks, error);
  }
  return error ? Result<void>(failed("write", to, error)) : Result<void>();
}

/// Copy what is in `from` into `to`; folders may be there already, of another archive.
Result<void> copy_tree(const fs::path& from,
                       const fs::path& to,
                       const sys::Interruption& interruption) {
  return walk(from, [&](const fs::directory_entry& entry, const fs::path& name) -> Result<void> {
    ALINKTF_TRY(interruption.check());
    const fs::path target = to / name;
    const bool shared = is_folder(target) && is_folder(entry.path());
    return shared ? Result<void>() : copy_entry(entry, target);
  });
}

}  // namespace

class UserFiles::Preparing {
 public:
  Preparing(std::string folder, const UserFileLimits& limits, const sys::Interruption& interruption)
      : folder_(std::move(folder)), limits_(limits), interruption_(interruption) {}

  Result<void> add(const spec::UserFile& file, bool is_main_script) {
    ++number_;
    ALINKTF_ASSIGN_OR_RETURN(const std::string path, local_path(file));
    if (is_main_script) {
      files_.main_script_ = path;
    } else {
      files_.links_.push_back({.name = file.name, .target = path});
    }
    return file.archive ? unpack(file, path) : Result<void>();
  }

  Result<UserFiles> finish() && {
    for (std::size_t i = 0; i < files_.trees_.size(); ++i) {
      ALINKTF_TRY(check_names(i));
    }
    return std::move(files_);
  }

 private:
  Result<std::string> local_path(const spec::UserFile& file) {
    if (!file.remote) {
      return file.path;
    }
    const std::string parent = fmt::format("{}/{}", folder_, number_);
    ALINKTF_TRY(make_folder(parent));
    std::string path = parent + "/" + file.name;
    ALINKTF_TRY(fetch::download({.url = file.path, .to = path, .md5 = file.md5},
                                limits_.download,
                                interruption_)
                    .context([&] { return file.place; }));
    return path;
  }

  Result<void> unpack(const spec::UserFile& file, const std::string& path) {
    const std::string into = fmt::format("{}/{}-unpacked", folder_, number_);
    ALINKTF_TRY(make_folder(into));
    archive::Limits limits = limits_.archive;
    limits.path_bytes -= std::min(limits.path_bytes, kTaskNameBytes + file.directory.size());
    ALINKTF_TRY(
        archive::unpack(path, into, limits, interruption_).context([&] { return file.place; }));
    files_.trees_.push_back(
        {.directory = file.directory, .path = into, .place = file.place, .archive = file.name});
    return {};
  }

  /// What tree `number` puts into the work directory itself has no name that is taken.
  [[nodiscard]] Result<void> check_names(std::size_t number) const {
    const Tree& tree = files_.trees_[number];
    if (!tree.directory.empty()) {
      return {};
    }
    for (const auto& entry : fs::directory_iterator(tree.path)) {
      const std::string name = entry.path().filename().string();
      if (spec::is_reserved_name(name, limits_.family)) {
        return taken(tree, name, "the work directory needs that name itself");
      }
      for (const Link& link : files_.links_) {
        if (link.name == name) {
          return taken(tree, name, "so is the user file " + quote(link.target));
        }
      }
      for (const Tree& other : files_.trees_) {
        if (other.directory == name) {
          return taken(tree, name, "so is the directory of archive " + quote(other.archive));
        }
      }
    }
    for (std::size_t other = 0; other < number; ++other) {
      ALINKTF_TRY(check_against(tree, files_.trees_[other]));
    }
    return {};
  }

  /// Two archives may share folders, but no file.
  static Result<void> check_against(const Tree& tree, const Tree& other) {
    if (!other.directory.empty()) {
      return {};
    }
    return walk(tree.path, [&](const fs::directory_entry& entry, const fs::path& name) {
      const fs::path there = fs::path(other.path) / name;
      std::error_code error;
      const bool exists = fs::exists(fs::symlink_status(there, error));
      return exists && !(is_folder(there) && is_folder(entry.path()))
                 ? taken(tree, name.string(), "so is a file of archive " + quote(other.archive))
                 : Result<void>();
    });
  }

  static Result<void> taken(const Tree& tree, const std::string& name, const std::string& by) {
    return Error(ErrorCode::kSpec,
                 fmt::format("{}: a file of archive {} is called {} in the work directory, and {}; "
                             "unpack the archive into a directory of its own with "
                             "{{\"path\": …, \"name\": DIRECTORY}}",
                             tree.place,
                             quote(tree.archive),
                             quote(name),
                             by));
  }

  std::string folder_;
  UserFileLimits limits_;
  const sys::Interruption& interruption_;
  UserFiles files_;
  int number_ = 0;
};

Result<void> UserFiles::check(const std::vector<spec::UserFile>& files) {
  for (const spec::UserFile& file : files) {
    const int needed = is_folder(file.path) ? R_OK | X_OK : R_OK;
    if (!file.remote && ::faccessat(AT_FDCWD, file.path.c_str(), needed, AT_EACCESS) != 0) {
      return os_error(ErrorCode::kSpec,
                      fmt::format("{}: cannot read {}, expected a file that you may read",
                                  file.place,
                                  quote(file.path)));
    }
  }
  return {};
}

Result<UserFiles> UserFiles::prepare(const std::vector<spec::UserFile>& files,
                                     const std::string& main_script,
                                     const std::string& folder,
                                     const UserFileLimits& limits,
                                     const sys::Interruption& interruption) {
  ALINKTF_TRY(check(files));
  Preparing preparing(folder, limits, interruption);
  for (const spec::UserFile& file : files) {
    ALINKTF_TRY(preparing.add(file, file.path == main_script));
  }
  return std::move(preparing).finish();
}

Result<void> UserFiles::place(const std::string& dir, const sys::Interruption& interruption) const {
  for (const Link& link : links_) {
    const std::string name = dir + "/" + link.name;
    if (::symlink(link.target.c_str(), name.c_str()) != 0) {
      return os_error(ErrorCode::kInternal, "work dir: link " + quote(name));
    }
  }
  for (const Tree& tree : trees_) {
    const fs::path to = fs::path(dir) / tree.directory;
    ALINKTF_TRY(make_folder(to));
    ALINKTF_TRY(copy_tree(tree.path, to, interruption));
  }
  return {};
}

}  // namespace alinktf::worker
