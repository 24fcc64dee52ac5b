#include "cluster/listening_ports.hpp"

#include "sys/fd.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <string>

#include <fcntl.h>
#include <unistd.h>

namespace alinktf::cluster {

namespace {

constexpr std::string_view kListens = "0A";

/// Cut the next word off `line`; empty at its end.
std::string_view take_word(std::string_view& line) {
  line.remove_prefix(std::min(line.find_first_not_of(' '), line.size()));
  const std::string_view word = line.substr(0, line.find(' '));
  line.remove_prefix(word.size());
  return word;
}

/// All that can be read of a file.
std::string read_all(const char* path) {
  const auto file = sys::Fd::open(path, O_RDONLY | O_CLOEXEC);
  std::string text;
  std::array<char, 16U << 10U> bytes{};
  ssize_t got = 0;
  while (file.ok() && (got = ::read(file.value().get(), bytes.data(), bytes.size())) > 0) {
    text.append(bytes.data(), static_cast<std::size_t>(got));
  }
  return text;
}

}  // namespace

std::set<std::uint16_t> listening_ports(std::string_view table) {
  std::set<std::uint16_t> ports;
  while (!table.empty()) {
    std::string_view line = table.substr(0, table.find('\n'));
    table.remove_prefix(std::min(line.size() + 1, table.size()));
    take_word(line);  // the number of the line
    const std::string_view address = take_word(line);
    take_word(line);  // the other side
    const std::size_t colon = address.rfind(':');
    if (take_word(line) != kListens || colon == std::string_view::npos) {
      continue;
    }
    std::uint16_t port = 0;
    const char* const end = address.data() + address.size();
    const auto [parsed, error] = std::from_chars(address.data() + colon + 1, end, port, 16);
    if (parsed == end && error == std::errc()) {
      ports.insert(port);
    }
  }
  return ports;
}

std::set<std::uint16_t> listening_ports() {
  auto ports = listening_ports(read_all("/proc/net/tcp"));
  ports.merge(listening_ports(read_all("/proc/net/tcp6")));
  return ports;
}

}  // namespace alinktf::cluster
