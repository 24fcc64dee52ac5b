// Bytes on their way into a file: packed, if that is asked for.
#pragma once

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "spec/job_spec.hpp"

#include <memory>
#include <string_view>

namespace alinktf::sink {

/// Packs the bytes of one file.
class Packer {
 public:
  Packer() = default;
  Packer(const Packer&) = delete;
  Packer& operator=(const Packer&) = delete;
  Packer(Packer&&) = delete;
  Packer& operator=(Packer&&) = delete;
  virtual ~Packer() = default;

  /// Pack `bytes` and append what is ready to `out`.
  virtual Result<void> add(std::string_view bytes, Buffer& out) = 0;
  /// Append the rest. Last call.
  virtual Result<void> finish(Buffer& out) = 0;
};

/// How `spec` packs its files: kAuto decided by the ending of the path.
spec::Compression compression_of(const spec::OutputSpec& spec);

/// A packer for one file; null for Compression::kNone.
Result<std::unique_ptr<Packer>> make_packer(spec::Compression compression);

}  // namespace alinktf::sink
