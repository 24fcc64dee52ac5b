// Packs and unpacks texts in tests.
#pragma once

#include "formats/gzip/deflate.hpp"
#include "formats/gzip/inflate.hpp"
#include "unit/result.hpp"

#include <memory>
#include <random>
#include <string>
#include <string_view>

namespace alinktf::gzip {

inline std::string packed(std::string_view text, Format format = Format::kGzip) {
  Deflater deflater(format);
  Buffer out;
  take(deflater.add(text, out));
  take(deflater.finish(out));
  return std::string(out.view());
}

/// All bytes of `source`, read `size` at a time.
inline Result<std::string> read_all(ByteSource& source, std::size_t size = 10'000) {
  std::string all;
  std::string piece(size, '\0');
  while (true) {
    ALINKTF_ASSIGN_OR_RETURN(const std::size_t got, source.read(piece.data(), size));
    if (got == 0) {
      return all;
    }
    all.append(piece, 0, got);
  }
}

/// What is in `file`, which arrives in pieces of `step` bytes.
inline Result<std::string> unpacked(const std::string& file,
                                    Format format = Format::kAuto,
                                    Content content = Content::kText,
                                    std::size_t step = std::string::npos) {
  ALINKTF_ASSIGN_OR_RETURN(
      const auto source,
      inflate(std::make_unique<StringSource>(file, "data.gz", step), format, content));
  return read_all(*source);
}

/// Text that neither packs to nothing nor stays as it is.
inline std::string some_text(std::size_t size) {
  std::mt19937_64 random(size);
  std::string text;
  while (text.size() < size) {
    text += std::to_string(random() % 100'000) + ",";
  }
  text.resize(size);
  return text;
}

}  // namespace alinktf::gzip
