#include "job/kernel_state.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <string>

namespace alinktf::job {

std::string_view kernel_state(pid_t pid) {
  const std::string path = fmt::format("/proc/{}/stat", pid);
  std::string text(512, '\0');
  std::FILE* file = std::fopen(path.c_str(), "re");
  text.resize(file == nullptr ? 0 : std::fread(text.data(), 1, text.size(), file));
  if (file != nullptr) {
    std::fclose(file);
  }
  const std::size_t at = text.rfind(") ");  // the name before it may hold anything
  switch (at == std::string::npos ? ' ' : text[std::min(at + 2, text.size() - 1)]) {
    case 'R':
      return "the process is computing";
    case 'S':
      return "the process is asleep";
    case 'D':
      return "the process waits for a disk or network file system";
    case 'T':
    case 't':
      return "the process is stopped (SIGSTOP or a debugger); kill -CONT lets it go on";
    default:
      return "the process is ending";
  }
}

}  // namespace alinktf::job
