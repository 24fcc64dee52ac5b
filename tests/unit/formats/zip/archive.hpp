// A small language for tests of archives: entries to bytes and back.
#pragma once

#include "formats/zip/reader.hpp"
#include "formats/zip/writer.hpp"
#include "unit/result.hpp"

#include <string>
#include <utility>
#include <vector>

namespace alinktf::zip {

/// Names and bytes; a directory's name ends with '/'.
using Entries = std::vector<std::pair<std::string, std::string>>;

inline std::string archive_of(const Entries& entries) {
  Writer writer;
  Buffer out;
  for (const auto& [name, bytes] : entries) {
    if (name.ends_with('/')) {
      writer.add_directory(name, out);
      continue;
    }
    writer.begin(name, out);
    take(writer.add(bytes, out));
    take(writer.end(out));
  }
  writer.finish(out);
  return std::string(out.view());
}

/// All entries of `archive`, read in pieces of `size` bytes from a source that gives `step` bytes.
inline Result<Entries> entries_of(std::string archive,
                                  std::size_t step = std::string::npos,
                                  std::size_t size = 4096) {
  Reader reader(std::make_unique<StringSource>(std::move(archive), "a.zip", step));
  Entries entries;
  std::string piece(size, '\0');
  for (;;) {
    ALINKTF_ASSIGN_OR_RETURN(const auto entry, reader.next());
    if (!entry) {
      return entries;
    }
    entries.emplace_back(entry->name, "");
    for (std::size_t got = 1; got != 0;) {
      ALINKTF_ASSIGN_OR_RETURN(got, reader.read(piece.data(), piece.size()));
      entries.back().second.append(piece, 0, got);
    }
  }
}

}  // namespace alinktf::zip
