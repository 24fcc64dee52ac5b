// How the files of an output are packed.
#pragma once

#include "sink/packer.hpp"
#include "sink/row_format.hpp"
#include "spec/job_spec.hpp"

#include <memory>

namespace alinktf::sink {

/// How `spec` packs its files: what kAuto means is decided by the ending of the path.
spec::Compression compression_of(const spec::OutputSpec& spec);

/// What packs one file; null for kNone.
std::unique_ptr<Packer> make_packer(spec::Compression compression);

/// What packs one file of `format`: its container, or what `compression` says; null for neither.
std::unique_ptr<Packer> make_packer(const RowFormat& format, spec::Compression compression);

}  // namespace alinktf::sink
