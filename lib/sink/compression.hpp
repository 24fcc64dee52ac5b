// How the files of an output are packed.
#pragma once

#include "formats/gzip/deflate.hpp"
#include "spec/job_spec.hpp"

#include <optional>

namespace alinktf::sink {

/// How `spec` packs its files: what kAuto means is decided by the ending of the path.
spec::Compression compression_of(const spec::OutputSpec& spec);

/// What packs one file; nothing for kNone.
std::optional<gzip::Deflater> make_deflater(spec::Compression compression);

}  // namespace alinktf::sink
