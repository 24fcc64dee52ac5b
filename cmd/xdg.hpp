// The user's own directories, as the XDG Base Directory Specification has them.
#pragma once

#include <functional>
#include <optional>
#include <string>

namespace alinktf::cmd {

/// The directory that `name` (XDG_CACHE_HOME …) says, else `fallback` below the home directory;
/// empty if nobody says where the user lives. `variable` gives one of the environment.
std::string xdg_directory(
    const std::string& name,
    const std::string& fallback,
    const std::function<std::optional<std::string>(const std::string&)>& variable);

}  // namespace alinktf::cmd
