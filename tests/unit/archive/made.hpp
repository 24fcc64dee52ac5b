// Archives made to order, harmful ones too.
#pragma once

#include <catch2/catch.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <archive.h>
#include <archive_entry.h>

namespace alinktf::archive {

struct Entry {
  std::string name;
  std::string bytes = {};
  unsigned type = AE_IFREG;
  std::string link = {};       ///< a symbolic link's target
  std::string hard_link = {};  ///< makes it one
  unsigned mode = 0644;
  std::int64_t size = -1;  ///< declared; -1: that of `bytes`
};

enum class Kind { kTar, kPax, kTarGz, kTarBz2, kTarXz, kTarZst, kZip };

inline void set_kind(::archive* writer, Kind kind) {
  if (kind == Kind::kZip) {
    archive_write_set_format_zip(writer);
  } else if (kind == Kind::kPax) {
    archive_write_set_format_pax(writer);
  } else {
    archive_write_set_format_gnutar(writer);
  }
  if (kind == Kind::kTarGz) {
    archive_write_add_filter_gzip(writer);
  } else if (kind == Kind::kTarBz2) {
    archive_write_add_filter_bzip2(writer);
  } else if (kind == Kind::kTarXz) {
    archive_write_add_filter_xz(writer);
  } else if (kind == Kind::kTarZst) {
    archive_write_add_filter_zstd(writer);
  }
}

/// Write `entries` into the archive `path`.
inline void make_archive(const std::string& path, Kind kind, const std::vector<Entry>& entries) {
  const std::unique_ptr<::archive, int (*)(::archive*)> writer(archive_write_new(),
                                                               archive_write_free);
  set_kind(writer.get(), kind);
  REQUIRE(archive_write_open_filename(writer.get(), path.c_str()) == ARCHIVE_OK);
  for (const Entry& each : entries) {
    const std::unique_ptr<::archive_entry, void (*)(::archive_entry*)> entry(archive_entry_new(),
                                                                             archive_entry_free);
    archive_entry_set_pathname(entry.get(), each.name.c_str());
    archive_entry_set_filetype(entry.get(), each.type);
    archive_entry_set_perm(entry.get(), each.mode);
    archive_entry_set_size(
        entry.get(), each.size >= 0 ? each.size : static_cast<std::int64_t>(each.bytes.size()));
    if (!each.link.empty()) {
      archive_entry_set_symlink(entry.get(), each.link.c_str());
    }
    if (!each.hard_link.empty()) {
      archive_entry_set_hardlink(entry.get(), each.hard_link.c_str());
    }
    REQUIRE(archive_write_header(writer.get(), entry.get()) >= ARCHIVE_WARN);
    REQUIRE((each.bytes.empty() ||
             archive_write_data(writer.get(), each.bytes.data(), each.bytes.size()) >= 0));
  }
  archive_write_close(writer.get());  // fails for a declared size that is not there: on purpose
}

}  // namespace alinktf::archive
