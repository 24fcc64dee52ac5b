#include "process/process_table.hpp"

#include "sys/fd.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <string>
#include <string_view>

#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

namespace alinktf::process {

namespace {

/// The number at the front of `text`, or -1.
pid_t number(std::string_view text) {
  pid_t value = -1;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

std::optional<std::string> contents(const char* path) {
  const sys::Fd file(::open(path, O_RDONLY | O_CLOEXEC));
  if (!file) {
    return std::nullopt;
  }
  std::string text;
  std::array<char, 4096> buffer{};
  for (ssize_t got = 0; (got = ::read(file.get(), buffer.data(), buffer.size())) > 0;) {
    text.append(buffer.data(), static_cast<std::size_t>(got));
  }
  return text;
}

}  // namespace

bool process_table_is_ours() {
  std::array<char, 16> link{};
  const ssize_t size = ::readlink("/proc/self", link.data(), link.size());
  return size > 0 && number({link.data(), static_cast<std::size_t>(size)}) == ::getpid();
}

ProcessInfo look_at(pid_t pid) {
  // "PID (NAME) STATE PARENT ...", where NAME may hold anything, also ") R 1".
  const std::string text = contents(fmt::format("/proc/{}/stat", pid).c_str()).value_or("");
  const std::size_t name_end = text.rfind(')');
  if (name_end == std::string::npos || name_end + 4 >= text.size()) {
    return {};
  }
  return {.parent = number(std::string_view(text).substr(name_end + 4)),
          .state = text[name_end + 2]};
}

bool is_exiting(pid_t child) {
  constexpr int kFlags = 9;           // proc(5): field 9 of /proc/PID/stat
  constexpr unsigned kExiting = 0x4;  // PF_EXITING
  if (!process_table_is_ours()) {
    return false;
  }
  const std::string stat = contents(fmt::format("/proc/{}/stat", child).c_str()).value_or("");
  auto text = std::string_view(stat).substr(std::min(stat.rfind(')'), stat.size()));
  for (int field = 2; field < kFlags && !text.empty(); ++field) {
    text.remove_prefix(std::min(text.find(' '), text.size() - 1) + 1);
  }
  unsigned flags = 0;
  std::from_chars(text.data(), text.data() + text.size(), flags);
  return (flags & kExiting) != 0;
}

std::unordered_map<pid_t, ProcessInfo> all_processes() {
  std::unordered_map<pid_t, ProcessInfo> all;
  DIR* proc = ::opendir("/proc");
  if (proc == nullptr) {
    return all;
  }
  while (const dirent* entry = ::readdir(proc)) {  // NOLINT(concurrency-mt-unsafe): our own DIR
    const pid_t pid = number(static_cast<const char*>(entry->d_name));
    if (pid > 1) {
      all[pid] = look_at(pid);
    }
  }
  ::closedir(proc);
  return all;
}

std::optional<std::vector<pid_t>> listed_children() {
  const pid_t self = ::getpid();
  const auto text = contents(fmt::format("/proc/self/task/{}/children", self).c_str());
  if (!text) {
    return std::nullopt;
  }
  std::vector<pid_t> children;
  for (std::size_t at = 0; at < text->size();) {
    const std::size_t end = std::min(text->find(' ', at), text->size());
    if (end > at) {
      children.push_back(number(std::string_view(*text).substr(at, end - at)));
    }
    at = end + 1;
  }
  return children;
}

std::vector<pid_t> scanned_children() {
  std::vector<pid_t> children;
  for (const auto& [pid, process] : all_processes()) {
    if (process.parent == ::getpid()) {
      children.push_back(pid);
    }
  }
  return children;
}

}  // namespace alinktf::process
