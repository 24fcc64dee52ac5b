// Packed files, read as if they were not.
#pragma once

#include "base/byte_source.hpp"
#include "base/result.hpp"
#include "formats/gzip/format.hpp"

#include <memory>

namespace alinktf::gzip {

/// The unpacked bytes of `source`. Reads nothing before the first read(), which is when kAuto looks
/// at the file; what is not packed then passes through without a copy. Members of a gzip file
/// follow one another, and zeros behind the last are padding.
///
/// read() fails as kInput with the name of `source` and the offset in the packed file if the data
/// are damaged, cut off, or followed by something else. ready() is true if packed bytes are there:
/// a read() may still have to wait for the rest of a compressed block.
///
/// kInternal if there is no memory.
Result<std::unique_ptr<ByteSource>> inflate(std::unique_ptr<ByteSource> source,
                                            Format format,
                                            Content content = Content::kText);

}  // namespace alinktf::gzip
