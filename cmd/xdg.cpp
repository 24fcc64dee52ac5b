#include "cmd/xdg.hpp"

namespace alinktf::cmd {

std::string xdg_directory(
    const std::string& name,
    const std::string& fallback,
    const std::function<std::optional<std::string>(const std::string&)>& variable) {
  std::string directory = variable(name).value_or("");
  if (directory.starts_with('/')) {  // others are to be ignored, says the specification
    return directory;
  }
  const std::string home = variable("HOME").value_or("");
  return home.starts_with('/') ? home + "/" + fallback : "";
}

}  // namespace alinktf::cmd
