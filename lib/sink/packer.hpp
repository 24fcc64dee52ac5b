// What turns the bytes of a file into those that lie on the disk.
#pragma once

#include "base/bytes.hpp"
#include "base/result.hpp"

#include <string_view>

namespace alinktf::sink {

/// Packs the bytes of one file, as gzip::Deflater does.
class Packer {
 public:
  Packer() = default;
  Packer(const Packer&) = delete;
  Packer& operator=(const Packer&) = delete;
  Packer(Packer&&) = delete;
  Packer& operator=(Packer&&) = delete;
  virtual ~Packer() = default;

  /// Pack `bytes` and append to `out` what is ready. kInternal if there is no memory.
  virtual Result<void> add(std::string_view bytes, Buffer& out) = 0;
  /// Append all that add() has kept, so that a reader can unpack it.
  virtual Result<void> flush(Buffer& out) = 0;
  /// Append the rest and the end. Last call.
  virtual Result<void> finish(Buffer& out) = 0;
};

}  // namespace alinktf::sink
