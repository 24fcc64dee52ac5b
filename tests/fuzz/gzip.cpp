// Packed files: any bytes, the same outcome however they come; and what is packed is unpacked.
#include "formats/gzip/deflate.hpp"
#include "formats/gzip/inflate.hpp"
#include "fuzz/fuzz.hpp"

#include <algorithm>

namespace alinktf::fuzz {
namespace {

using gzip::Content;
using gzip::Format;

struct Unpacked {
  std::string bytes;
  bool failed = false;

  friend bool operator==(const Unpacked&, const Unpacked&) = default;
};

Unpacked unpack(std::string_view packed, Format format, Content content, std::size_t step) {
  constexpr std::size_t kMostBytes = std::size_t{1} << 20U;
  Unpacked all;
  const auto source = gzip::inflate(source_of(packed, step), format, content);
  require(source.ok(), "there is memory");
  std::string piece(997, '\0');
  while (all.bytes.size() < kMostBytes) {
    const auto got = source.value()->read(piece.data(), piece.size());
    if (!got.ok()) {
      require(got.error().code() == ErrorCode::kInput, "a damaged file is an input error");
      all.failed = true;
      break;
    }
    if (got.value() == 0) {
      break;
    }
    all.bytes.append(piece, 0, got.value());
  }
  return all;
}

std::string pack(std::string_view bytes, Format format, std::size_t step) {
  gzip::Deflater deflater(format);
  Buffer out;
  for (; !bytes.empty(); bytes.remove_prefix(std::min(step, bytes.size()))) {
    require(deflater.add(bytes.substr(0, step), out).ok(), "there is memory");
  }
  require(deflater.finish(out).ok(), "there is memory");
  return std::string(out.view());
}

}  // namespace
}  // namespace alinktf::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace alinktf::fuzz;  // NOLINT(google-build-using-namespace)
  Input input(data, size);
  const Format format =
      input.pick(std::array<Format, 4>{Format::kAuto, Format::kNone, Format::kGzip, Format::kZlib});
  const Content content = input.pick(std::array<Content, 2>{Content::kText, Content::kRecords});
  const std::size_t step = input.byte() % 16U + 1U;
  const std::string_view bytes = input.rest();
  const Unpacked whole = unpack(bytes, format, content, std::string::npos);
  const Unpacked pieces = unpack(bytes, format, content, step);
  require(whole.failed == pieces.failed && (whole.failed || whole == pieces),
          "the pieces do not matter");
  require(format != Format::kNone || whole.bytes == bytes, "plain bytes pass through");
  if (format == Format::kGzip || format == Format::kZlib) {
    const std::string packed = pack(bytes, format, step);
    require(packed == pack(bytes, format, std::string::npos),
            "the pieces do not matter to the file");
    require(unpack(packed, format, content, step) == Unpacked{.bytes = std::string(bytes)},
            "what is packed is unpacked");
  }
  return 0;
}
