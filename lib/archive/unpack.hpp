// Archives that a user names: unpacked into a directory, and never anywhere else.
#pragma once

#include "base/result.hpp"
#include "sys/interruption.hpp"

#include <climits>
#include <cstddef>
#include <cstdint>
#include <string>

namespace alinktf::archive {

/// What one archive may unpack to; more is an error.
struct Limits {
  std::uint64_t bytes = std::uint64_t{64} << 30U;  ///< of all files together, holes included
  std::uint64_t entries = 2'000'000;
  /// Of a file's whole path, that of the directory included: longer ones can be made, but nobody
  /// can open them.
  std::size_t path_bytes = PATH_MAX - 1;
  bool outside_links =
      false;  ///< symbolic links may lead anywhere; nothing is written through them
};

/// Unpack the archive `file` into the directory `into`, which exists. What the archive is, its
/// bytes tell: tar (plain, or packed by gzip, bzip2, xz, lzma, zstd) or zip.
///
/// Nothing is written outside `into`: names that are absolute or hold "..", links that lead out,
/// and ways through links are errors. So are devices, FIFOs and sockets. Owners, setuid, setgid and
/// sticky bits are not taken over; the owner may always read and write. A later entry of the same
/// name takes the place of a file.
///
/// kSpec "archive PATH: entry NAME: …" if the archive is damaged, harmful, or beyond `limits`;
/// kInternal if it cannot be written (disk full); the error of
/// `interruption`. `into` may be partly filled
/// then.
Result<void> unpack(const std::string& file,
                    const std::string& into,
                    const Limits& limits,
                    const sys::Interruption& interruption);

}  // namespace alinktf::archive
