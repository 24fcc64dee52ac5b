// Whatever pieces a stream of chunks comes in, the same chunks are cut from it.
#include "formats/chunk/chunk.hpp"

#include "fuzz/fuzz.hpp"

#include <algorithm>
#include <vector>

namespace alinktf::fuzz {
namespace {

struct Chunks {
  std::vector<std::string> payloads;
  std::vector<std::string> records;
  bool failed = false;
  bool at_boundary = false;

  friend bool operator==(const Chunks&, const Chunks&) = default;
};

void take(const chunk::Header& header, std::string_view payload, Chunks& chunks) {
  chunks.payloads.emplace_back(payload);
  std::uint32_t count = 0;
  const auto result = chunk::for_each_record(header, payload, [&](std::string_view record) {
    chunks.records.emplace_back(record);
    ++count;
    return Result<void>();
  });
  require(!result.ok() || count == header.records, "as many records as the header says");
}

Chunks cut(std::string_view bytes, std::size_t step) {
  Chunks chunks;
  chunk::Decoder decoder;
  while (!bytes.empty() && !chunks.failed) {
    const std::size_t size = std::min(step, bytes.size());
    bytes.copy(decoder.reserve(size), size);
    decoder.received(size);
    bytes.remove_prefix(size);
    while (true) {
      chunk::Header header;
      std::string_view payload;
      const auto result = decoder.next(header, payload);
      chunks.failed = !result.ok();
      if (chunks.failed || result.value() == chunk::Decoder::Step::kNeedMore) {
        break;
      }
      take(header, payload, chunks);
    }
  }
  chunks.at_boundary = !chunks.failed && decoder.at_boundary();
  return chunks;
}

}  // namespace
}  // namespace alinktf::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace alinktf::fuzz;  // NOLINT(google-build-using-namespace)
  Input input(data, size);
  const std::size_t step = input.byte() % 16U + 1U;
  require(cut(input.rest(), std::string::npos) == cut(input.rest(), step),
          "the pieces do not matter");
  return 0;
}
