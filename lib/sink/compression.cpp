#include "sink/compression.hpp"

#include "base/text.hpp"
#include "formats/gzip/deflate.hpp"

#include <string_view>

namespace alinktf::sink {

namespace {

class GzipPacker final : public Packer {
 public:
  explicit GzipPacker(gzip::Format format) : deflater_(format) {}

  Result<void> add(std::string_view bytes, Buffer& out) override {
    return deflater_.add(bytes, out);
  }
  Result<void> flush(Buffer& out) override { return deflater_.flush(out); }
  Result<void> finish(Buffer& out) override { return deflater_.finish(out); }

 private:
  gzip::Deflater deflater_;
};

}  // namespace

spec::Compression compression_of(const spec::OutputSpec& spec) {
  if (spec.compression != spec::Compression::kAuto) {
    return spec.compression;
  }
  std::string_view path = spec.file_path;
  path = path.substr(0, path.find_last_not_of('/') + 1);
  return to_lower(path).ends_with(".gz") ? spec::Compression::kGzip : spec::Compression::kNone;
}

std::unique_ptr<Packer> make_packer(const RowFormat& format, spec::Compression compression) {
  auto container = format.make_container();
  return container != nullptr ? std::move(container) : make_packer(compression);
}

std::unique_ptr<Packer> make_packer(spec::Compression compression) {
  switch (compression) {
    case spec::Compression::kGzip:
      return std::make_unique<GzipPacker>(gzip::Format::kGzip);
    case spec::Compression::kZlib:
      return std::make_unique<GzipPacker>(gzip::Format::kZlib);
    case spec::Compression::kAuto:
    case spec::Compression::kNone:
      break;
  }
  return nullptr;
}

}  // namespace alinktf::sink
