// Packs what is written to a file.
#pragma once

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "formats/gzip/format.hpp"

#include <memory>
#include <string_view>

namespace alinktf::gzip {

/// One gzip member or zlib stream, at zlib's level 6. The same bytes always become the same file:
/// no time stands in it, and how they are cut into pieces makes no difference.
class Deflater {
 public:
  /// `format` is kGzip or kZlib.
  explicit Deflater(Format format);
  Deflater(Deflater&&) noexcept;
  Deflater& operator=(Deflater&&) noexcept;
  Deflater(const Deflater&) = delete;
  Deflater& operator=(const Deflater&) = delete;
  ~Deflater();

  /// Pack `bytes` and append to `out` what is ready; the rest stays in here. kInternal if there is
  /// no memory.
  Result<void> add(std::string_view bytes, Buffer& out);

  /// Append all that add() has kept, so that a reader can unpack it. Costs some compression.
  Result<void> flush(Buffer& out);

  /// Append the rest and the end. Nothing may be added behind it.
  Result<void> finish(Buffer& out);

 private:
  struct Stream;

  Result<void> run(int flush, Buffer& out);

  std::unique_ptr<Stream> stream_;
};

}  // namespace alinktf::gzip
