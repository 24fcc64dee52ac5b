// Log lines: all bytes are handed on, whatever pieces they come in.
#include "worker/line_splitter.hpp"

#include "fuzz/fuzz.hpp"

namespace alinktf::fuzz {
namespace {

/// All lines, each with a newline.
std::string split(std::string_view bytes, std::size_t step) {
  std::string lines;
  worker::LineSplitter splitter([&](std::string_view line) {
    require(line.find('\n') == std::string_view::npos, "a line has no newline");
    lines += line;
    lines += '\n';
  });
  while (!bytes.empty()) {
    const std::string_view piece = bytes.substr(0, step);
    splitter.add(piece);
    bytes.remove_prefix(piece.size());
  }
  splitter.finish();
  return lines;
}

}  // namespace
}  // namespace alinktf::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace alinktf::fuzz;  // NOLINT(google-build-using-namespace)
  Input input(data, size);
  const std::size_t step = input.byte() % 16U + 1U;
  const std::string_view bytes = input.rest();
  const std::string lines = split(bytes, std::string::npos);
  require(split(bytes, step) == lines, "the pieces do not matter");
  const bool ended = bytes.empty() || bytes.ends_with('\n');
  require(lines == std::string(bytes) + (ended ? "" : "\n"), "no byte is lost");
  return 0;
}
