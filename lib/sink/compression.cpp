#include "sink/compression.hpp"

#include "base/text.hpp"

#include <string_view>

namespace alinktf::sink {

spec::Compression compression_of(const spec::OutputSpec& spec) {
  if (spec.compression != spec::Compression::kAuto) {
    return spec.compression;
  }
  std::string_view path = spec.file_path;
  path = path.substr(0, path.find_last_not_of('/') + 1);
  return to_lower(path).ends_with(".gz") ? spec::Compression::kGzip : spec::Compression::kNone;
}

std::optional<gzip::Deflater> make_deflater(spec::Compression compression) {
  switch (compression) {
    case spec::Compression::kGzip:
      return gzip::Deflater(gzip::Format::kGzip);
    case spec::Compression::kZlib:
      return gzip::Deflater(gzip::Format::kZlib);
    case spec::Compression::kAuto:
    case spec::Compression::kNone:
      break;
  }
  return std::nullopt;
}

}  // namespace alinktf::sink
