// JSON documents: accepted exactly if the JSON library accepts them, and the same when written and
// read again.
#include "fuzz/fuzz.hpp"
#include "spec/document.hpp"

#include <nlohmann/json.hpp>

namespace alinktf::fuzz {
namespace {

/// Arrays and objects in each other, at most.
std::size_t depth_of(const spec::Node& node) {
  std::size_t depth = 0;
  for (const spec::Node& child : node.children) {
    depth = std::max(depth, depth_of(child));
  }
  return depth + 1;
}

}  // namespace
}  // namespace alinktf::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace alinktf;  // NOLINT(google-build-using-namespace)
  const std::string_view text = fuzz::Input(data, size).rest();
  const auto node = spec::read_json(text);
  const bool accepted = nlohmann::json::accept(text, true);
  fuzz::require(!node.ok() || accepted, "what the library refuses is refused");
  if (!node.ok()) {
    fuzz::require(!accepted || node.error().str().find("level") != std::string::npos,
                  "what the library accepts is accepted unless it is too deep");
    return 0;
  }
  fuzz::require(fuzz::depth_of(node.value()) <= 101, "depth is bounded");
  const std::string written = spec::write_json(node.value());
  const auto again = spec::read_json(written);
  fuzz::require(again.ok(), "what is written is read");
  fuzz::require(spec::write_json(again.value()) == written, "what is read is written the same");
  return 0;
}
