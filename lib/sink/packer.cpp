#include "sink/packer.hpp"

#include "base/text.hpp"

namespace alinktf::sink {

spec::Compression compression_of(const spec::OutputSpec& spec) {
  if (spec.compression != spec::Compression::kAuto) {
    return spec.compression;
  }
  std::string_view path = spec.file_path;
  path = path.substr(0, path.find_last_not_of('/') + 1);
  return to_lower(path).ends_with(".gz") ? spec::Compression::kGzip : spec::Compression::kNone;
}

Result<std::unique_ptr<Packer>> make_packer(spec::Compression compression) {
  if (compression == spec::Compression::kNone) {
    return std::unique_ptr<Packer>();
  }
  return Error(ErrorCode::kSpec, "output: this version does not write compressed files");
}

}  // namespace alinktf::sink
