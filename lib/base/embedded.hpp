// Files compiled into the program (scripts/cmake/AlinktfEmbed.cmake writes the definitions).
#pragma once

#include <span>
#include <string_view>

namespace alinktf::embedded {

struct File {
  std::string_view path;  ///< Relative to the embedded folder, with '/'.
  std::string_view bytes;
};

/// The Python runtime that every worker runs: lib/worker/runtime/.
std::span<const File> worker_runtime();

}  // namespace alinktf::embedded
