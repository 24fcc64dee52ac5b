// Paths of the job file.
#include "base/text.hpp"
#include "spec/address.hpp"
#include "spec/session.hpp"

#include <fmt/format.h>

#include <filesystem>

namespace alinktf::spec {

namespace {

namespace fs = std::filesystem;

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

}  // namespace alinktf::spec
