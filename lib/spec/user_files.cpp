// The files that a script needs.
#include "base/secrets.hpp"
#include "base/text.hpp"
#include "spec/address.hpp"
#include "spec/component.hpp"
#include "spec/session.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>

namespace alinktf::spec {

namespace {

namespace fs = std::filesystem;

bool same_file(const std::string& a, const std::string& b) {
  std::error_code error;
  return a == b || fs::equivalent(a, b, error);
}

/// The last part of `path`; of one that ends in "." or "..", the name of the directory that it
/// leads to.
std::string file_name(const std::string& path) {
  const std::string name = fs::path(path).filename().string();
  if (name != "." && name != "..") {
    return name;
  }
  std::error_code error;
  return fs::canonical(path, error).filename().string();
}

bool is_directory(const std::string& path) {
  std::error_code error;
  return fs::is_directory(path, error);
}

/// The member `key` of the object `node`, or null.
const Node* member(const Node& node, std::string_view key) {
  const auto found = std::find_if(node.children.begin(),
                                  node.children.end(),
                                  [&](const Node& child) { return child.key == key; });
  return found == node.children.end() ? nullptr : &*found;
}

/// Collects the user files, each by the name it will have in the work directory.
class UserFiles {
 public:
  explicit UserFiles(Session& session) : session_(session), files_(session.draft.spec.user_files) {}

  void add_all(const Node& value) {
    if (value.kind == Kind::kObject) {
      return add_alinks(value);
    }
    if (value.kind != Kind::kArray) {
      return add_text(value);
    }
    for (const Node& file : value.children) {
      file.kind == Kind::kObject ? add_object(file) : add_text(file);
    }
  }

  void find_main_script(const Node& at) {
    std::string& main = session_.draft.spec.main_script_file;
    const auto named = std::find_if(
        files_.begin(), files_.end(), [&](const UserFile& file) { return file.name == main; });
    auto file = named != files_.end() ? *named : found(at, main);
    if (!file) {
      return;
    }
    if (is_directory(file->path) || file->archive) {
      session_.problems.add(at,
                            fmt::format("expected a Python file, found the {} {}",
                                        file->archive ? "archive" : "directory",
                                        shown(*file)));
      return;
    }
    main = keep(at, *std::move(file));
  }

  /// All but the main script need names that the work directory does not need itself.
  void check_reserved_names() {
    const Family family = family_of(session_.draft.spec.component);
    for (std::size_t i = 0; i < files_.size(); ++i) {
      const UserFile& file = files_[i];
      const std::string& name = file.directory.empty() ? file.name : file.directory;
      if (is_reserved_name(name, family) && file.path != session_.draft.spec.main_script_file) {
        session_.problems.add(
            orders_[i],
            file.place,
            fmt::format("expected another name than {}, which the work directory needs itself; "
                        "rename the file with {{\"path\": …, \"name\": …}}",
                        quote(name)));
      }
    }
  }

 private:
  void add_text(const Node& at) {
    if (const auto text = text_of(at)) {
      add(at, *text, "");
    } else {
      expect(at, "a path, or an object of path and name");
    }
  }

  /// {"path": …, "name": …}.
  void add_object(const Node& at) {
    for (const Node& child : at.children) {
      constexpr std::array<std::string_view, 2> kKeys{"path", "name"};
      if (std::find(kKeys.begin(), kKeys.end(), child.key) == kKeys.end()) {
        session_.problems.add(child, "unknown key" + did_you_mean(child.key, kKeys));
      }
    }
    const Node* const path = member(at, "path");
    const Node* const name = member(at, "name");
    if (path == nullptr) {
      session_.problems.add_missing(at, "path", "missing, expected a file's path");
    } else if (!text_of(*path)) {
      expect(*path, "a file's path");
    } else if (name == nullptr || is_name(*name)) {
      add(*path, *text_of(*path), name == nullptr ? "" : *text_of(*name));
    }
  }

  /// Alink's own form: {"filePaths": […], "fileRenameMap": {PATH: NAME}}.
  void add_alinks(const Node& at) {
    const Node* const paths = member(at, "filePaths");
    const Node* const names = member(at, "fileRenameMap");
    const std::size_t known = (paths == nullptr ? 0U : 1U) + (names == nullptr ? 0U : 1U);
    if (paths == nullptr || paths->kind != Kind::kArray || at.children.size() != known ||
        (names != nullptr && names->kind != Kind::kObject)) {
      return expect(at, "a list, or an object of the list filePaths and the object fileRenameMap");
    }
    for (const Node& path : paths->children) {
      const auto text = text_of(path);
      const Node* const name = text && names != nullptr ? member(*names, *text) : nullptr;
      if (!text) {
        expect(path, "a file's path");
      } else if (name == nullptr || is_name(*name)) {
        add(path, *text, name == nullptr ? "" : *text_of(*name));
      }
    }
    for (const Node& name : names == nullptr ? std::vector<Node>() : names->children) {
      const bool used = std::any_of(paths->children.begin(),
                                    paths->children.end(),
                                    [&](const Node& path) { return path.text == name.key; });
      if (!used) {
        session_.problems.add(name, "expected one of filePaths, found " + quote(name.key));
      }
    }
  }

  void expect(const Node& at, std::string_view what) {
    session_.problems.add(at, fmt::format("expected {}, found {}", what, describe(at)));
  }

  /// Or a problem.
  bool is_name(const Node& at) {
    const auto name = text_of(at);
    const bool good = name && !name->empty() && *name != "." && *name != ".." &&
                      name->find_first_of(std::string_view("/\0", 2)) == std::string::npos;
    if (!good) {
      expect(at, "a name without '/'");
    }
    return good;
  }

  void add(const Node& at, const std::string& text, const std::string& name) {
    auto file = found(at, text);
    if (file && !name.empty()) {
      (file->archive ? file->directory : file->name) = name;
    }
    if (file && file->archive && file->directory == file->name) {
      session_.problems.add(at,
                            fmt::format("expected a directory to unpack the archive into, found "
                                        "its own name {}, under which it stays there itself",
                                        quote(name)));
    } else if (file && file->name.empty()) {
      session_.problems.add(at,
                            fmt::format("expected an address that ends in a file's name, found {}; "
                                        "give it one with {{\"path\": …, \"name\": …}}",
                                        shown(*file)));
    } else if (file) {
      keep(at, *std::move(file));
    }
  }

  /// The file that `text` names; nothing, and a problem, if it is not there.
  std::optional<UserFile> found(const Node& at, const std::string& text) {
    if (is_web_address(text)) {
      auto address = parse_web_address(text);
      if (!address.ok()) {
        session_.problems.add(at, address.error().str());
        return {};
      }
      auto& [url, name, md5] = address.value();
      return UserFile{.path = url,
                      .name = name,
                      .md5 = md5,
                      .remote = true,
                      .archive = is_archive_name(name),
                      .place = at.place};
    }
    auto path = resolve_path(at, text, session_);
    while (path && path->size() > 1 && path->back() == '/') {
      path->pop_back();
    }
    if (!path || !exists(at, *path)) {
      return {};
    }
    return UserFile{.path = *path,
                    .name = file_name(*path),
                    .archive = is_archive_name(*path) && !is_directory(*path),
                    .place = at.place};
  }

  bool exists(const Node& at, const std::string& path) {
    std::error_code error;
    const bool there = fs::exists(path, error);
    if (!there) {
      session_.problems.add(at,
                            fmt::format("expected a file, found nothing at {}{}",
                                        quote(path),
                                        error ? ": " + error.message() : ""));
    }
    return there;
  }

  static std::string shown(const UserFile& file) { return quote(mask_secrets(file.path)); }

  /// The path of the file, which may have been there already under another one.
  std::string keep(const Node& at, UserFile file) {
    for (const UserFile& other : files_) {
      if (same_file(other.path, file.path) && other.directory == file.directory) {
        return other.path;
      }
      for (const std::string& name : {other.name, other.directory}) {
        if (!name.empty() && (name == file.name || name == file.directory)) {
          session_.problems.add(
              at,
              fmt::format("expected different file names, but {} and {} would have the same name "
                          "{} in the work directory; rename one with {{\"path\": …, \"name\": …}}",
                          shown(other),
                          shown(file),
                          quote(name)));
          return file.path;
        }
      }
    }
    orders_.push_back(at.order);
    return files_.emplace_back(std::move(file)).path;
  }

  Session& session_;
  std::vector<UserFile>& files_;
  std::vector<std::size_t> orders_;  ///< where files_ stand in the job file
};

/// A command stays as it is: the worker room looks it up on PATH.
void resolve_python(const Node& at, Session& session) {
  std::string& python = session.draft.spec.python_env;
  if (python.empty()) {
    return;
  }
  const auto path = resolve_path(at, python, session);
  std::error_code error;
  const bool command = python.find('/') == std::string::npos && python.front() != '.' && path &&
                       !fs::exists(*path, error);
  if (path && !command) {
    python = *path;
  }
}

}  // namespace

bool is_archive_name(std::string_view name) {
  constexpr std::array<std::string_view, 10> kEndings{".zip",
                                                      ".tar",
                                                      ".tar.gz",
                                                      ".tgz",
                                                      ".tar.bz2",
                                                      ".tbz2",
                                                      ".tar.xz",
                                                      ".txz",
                                                      ".tar.zst",
                                                      ".tzst"};
  const std::string lower = to_lower(name);
  return std::any_of(kEndings.begin(), kEndings.end(), [&](std::string_view ending) {
    return lower.ends_with(ending);
  });
}

bool is_reserved_name(std::string_view name, Family family) {
  if (family == Family::kTrain && (name == "savedmodel" || name == "latest_ckpt")) {
    return true;
  }
  constexpr std::array<std::string_view, 4> kNames{
      "tf_user_main.py", "tensor_shapes.txt", "tensor_types.txt", "dataset.tfrecords"};
  return std::find(kNames.begin(), kNames.end(), name) != kNames.end() ||
         name.starts_with("bc_data_");
}

void check_user_files(Session& session) {
  UserFiles files(session);
  if (const Node* list = session.find("userFiles"); list != nullptr) {
    files.add_all(*list);
  }
  const Node* main = session.find("mainScriptFile");
  if (main != nullptr && !session.draft.spec.main_script_file.empty()) {
    files.find_main_script(*main);
  }
  files.check_reserved_names();
  if (const Node* python = session.find("pythonEnv"); python != nullptr) {
    resolve_python(*python, session);
  }
}

}  // namespace alinktf::spec
