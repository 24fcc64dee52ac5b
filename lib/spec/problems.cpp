#include "spec/problems.hpp"

#include "base/secrets.hpp"
#include "base/text.hpp"

#include <algorithm>

namespace alinktf::spec {

namespace {

/// True if the value at `place`, or a list or object that it lies in, has the name of a secret.
bool is_secret(std::string_view place) {
  while (!place.empty()) {
    const std::size_t end = std::min(place.find_first_of("/. "), place.size());
    if (is_secret_name(place.substr(0, end))) {
      return true;
    }
    place.remove_prefix(std::min(end + 1, place.size()));
  }
  return false;
}

}  // namespace

void Problems::add(const Node& at, std::string_view text) {
  std::string shown(text);
  const std::string value = at.kind == Kind::kString ? quote(at.text) : at.text;
  if (!value.empty() && (is_secret_name(at.key) || is_secret(at.place))) {
    for (std::size_t found = 0; (found = shown.find(value, found)) != std::string::npos;) {
      shown.replace(found, value.size(), kMask);
      found += kMask.size();
    }
  }
  add(at.order, at.place, shown);
}

void Problems::add(std::size_t order, std::string_view place, std::string_view text) {
  lines_.push_back({order, std::string(place), std::string(text)});
}

Error Problems::error(std::string_view file) const {
  std::vector<Line> sorted = lines_;
  std::stable_sort(
      sorted.begin(), sorted.end(), [](const Line& a, const Line& b) { return a.order < b.order; });
  std::string out;
  for (const Line& line : sorted) {
    out += out.empty() ? "" : "\n";
    const bool from_command_line = line.place.substr(0, 5) == "--set";
    if (!from_command_line && !file.empty()) {
      out.append(file).append(": ");
    }
    if (!line.place.empty()) {
      out.append(line.place).append(": ");
    }
    out += line.text;
  }
  return {ErrorCode::kSpec, out};
}

}  // namespace alinktf::spec
