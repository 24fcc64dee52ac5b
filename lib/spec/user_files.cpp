// Paths of the job file, and the files that a script needs.
#include "base/text.hpp"
#include "spec/session.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

namespace alinktf::spec {

namespace {

namespace fs = std::filesystem;

/// "https" of "https://…"; empty if `text` has no scheme.
std::string_view scheme_of(std::string_view text) {
  const std::size_t end = text.find("://");
  const bool plain =
      end != std::string_view::npos && end > 0 &&
      std::all_of(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(end), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '+' || c == '-' || c == '.';
      });
  return plain ? text.substr(0, end) : std::string_view();
}

std::string remote_file(std::string_view text, std::string_view scheme) {
  const std::string lower = to_lower(scheme);
  const std::string_view advice =
      lower == "http" || lower == "https" ? "download it first and give the path of the local file"
      : lower == "res" ? "it names a file inside Alink; give the path of a local file"
                       : "copy it to this machine first and give its local path";
  // Queries of such addresses hold signatures and keys: they stay out of messages.
  return fmt::format(
      "expected a local path, found {}, and {}:// is not supported by this version; {}",
      quote(text.substr(0, text.find('?'))),
      lower,
      advice);
}

bool same_file(const std::string& a, const std::string& b) {
  std::error_code error;
  return a == b || fs::equivalent(a, b, error);
}

std::string file_name(const std::string& path) {
  return fs::path(path).filename().string();
}

/// Collects the user files, each by the name it will have in the work directory.
class UserFiles {
 public:
  explicit UserFiles(Session& session) : session_(session), files_(session.draft.spec.user_files) {}

  void add_all(const Node& list) {
    if (list.kind != Kind::kArray) {
      add(list);
    }
    for (const Node& file : list.children) {
      add(file);
    }
  }

  void find_main_script(const Node& at) {
    std::string& main = session_.draft.spec.main_script_file;
    const auto named = std::find_if(files_.begin(), files_.end(), [&](const std::string& file) {
      return file_name(file) == main;
    });
    const auto path = named != files_.end() ? *named : resolve_path(at, main, session_);
    if (!path || !exists(at, *path)) {
      return;
    }
    if (std::error_code error; fs::is_directory(*path, error)) {
      session_.problems.add(
          at, fmt::format("expected a Python file, found the directory {}", quote(*path)));
      return;
    }
    main = *path;
    keep(at, *path);
  }

 private:
  void add(const Node& at) {
    const auto text = text_of(at);
    if (!text) {
      return;  // of the wrong kind, and told so
    }
    auto path = resolve_path(at, *text, session_);
    while (path && path->size() > 1 && path->back() == '/') {
      path->pop_back();
    }
    if (path && exists(at, *path)) {
      keep(at, *path);
    }
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

  void keep(const Node& at, const std::string& path) {
    for (const std::string& file : files_) {
      if (same_file(file, path)) {
        return;
      }
      if (file_name(file) == file_name(path)) {
        session_.problems.add(
            at,
            fmt::format("expected different file names, but {} and {} would have the "
                        "same name in the work directory",
                        quote(file),
                        quote(path)));
      }
    }
    files_.push_back(path);
  }

  Session& session_;
  std::vector<std::string>& files_;
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

std::optional<std::string> resolve_path(const Node& at, const std::string& text, Session& session) {
  constexpr std::string_view kFile = "file://";
  std::string_view path = text;
  if (path.substr(0, kFile.size()) == kFile) {
    path.remove_prefix(kFile.size());
  } else if (const std::string_view scheme = scheme_of(path); !scheme.empty()) {
    session.problems.add(at, remote_file(path, scheme));
    return {};
  }
  if (path.empty() || path.find('\0') != std::string_view::npos) {
    session.problems.add(at, "expected a file's path, found " + quote(text));
    return {};
  }
  while (path.size() > 2 && path.substr(0, 2) == "./") {
    path.remove_prefix(2);
  }
  const std::string& base =
      at.from_override ? session.context.working_directory : session.context.directory;
  return (fs::path(base) / path).string();
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
  if (const Node* python = session.find("pythonEnv"); python != nullptr) {
    resolve_python(*python, session);
  }
}

}  // namespace alinktf::spec
