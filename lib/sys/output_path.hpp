// What files and directories that appear whole have in common: their place, and how they fail.
#pragma once

#include "base/result.hpp"

#include <functional>
#include <string>

namespace alinktf::sys {

/// kOutput: "output 'NAME': WHAT", with the text of `error_number` if that is given.
Error output_error(const std::string& name, const std::string& what);
Error output_os_error(const std::string& name, const std::string& what, int error_number);

/// Make something with a temporary name, `.TARGET.alinktf-XXXXXX`, in the folder of `target`: tries
/// names until `make(path)` says 0. Gives the path. `make` says an errno; EEXIST: try another.
/// kOutput about the output `name`, saying what to do about its folder.
Result<std::string> make_sibling(const std::string& name,
                                 const std::string& target,
                                 const std::function<int(const std::string& path)>& make);

/// Make the new name `target` last through a power cut, where the file system can do that.
Result<void> sync_folder_of(const std::string& name, const std::string& target);

}  // namespace alinktf::sys
