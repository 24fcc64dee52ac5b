// Symbols of Python for libraries that want them but do not use them.
#pragma once

#include "base/result.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace alinktf::tensorflow {

/// The names that begin with Py or _Py among the symbols that the shared library in `elf` (64 bit)
/// wants from others. kSpec if it is no such library.
Result<std::vector<std::string>> wanted_python_symbols(std::string_view elf);

/// A shared library that defines `symbols`, all as the same zeroed memory. For the machine that
/// this program was built for.
std::string make_stub_library(const std::vector<std::string>& symbols);

/// Load such a library for all that the library `file` wants, so that it can be loaded in a process
/// without Python. kSpec.
Result<void> provide_python_symbols(const std::string& file);

}  // namespace alinktf::tensorflow
