// The functions of libarchive that we use. The library is loaded when the first archive is read:
// linked, it would cost every start of the program some milliseconds.
#pragma once

#include "base/result.hpp"

#include <cstddef>
#include <cstdint>

struct archive;
struct archive_entry;

namespace alinktf::archive {

/// Each is the function archive_NAME; see libarchive's manual.
struct Library {
  ::archive* (*read_new)();
  int (*read_free)(::archive*);
  int (*read_support_filter_bzip2)(::archive*);
  int (*read_support_filter_gzip)(::archive*);
  int (*read_support_filter_lzma)(::archive*);
  int (*read_support_filter_xz)(::archive*);
  int (*read_support_filter_zstd)(::archive*);
  int (*read_support_format_tar)(::archive*);
  int (*read_support_format_zip)(::archive*);
  int (*read_open_fd)(::archive*, int fd, std::size_t block_size);
  int (*read_next_header)(::archive*, ::archive_entry**);
  int (*read_data_block)(::archive*, const void** bytes, std::size_t* size, std::int64_t* offset);
  const char* (*error_string)(::archive*);
  const char* (*entry_pathname)(::archive_entry*);
  const char* (*entry_pathname_utf8)(::archive_entry*);
  const char* (*entry_hardlink)(::archive_entry*);
  const char* (*entry_hardlink_utf8)(::archive_entry*);
  const char* (*entry_symlink)(::archive_entry*);
  const char* (*entry_symlink_utf8)(::archive_entry*);
  unsigned (*entry_filetype)(::archive_entry*);
  unsigned (*entry_perm)(::archive_entry*);
  int (*entry_size_is_set)(::archive_entry*);
  std::int64_t (*entry_size)(::archive_entry*);
};

/// The library, loaded by the first call. kSpec if it is not installed.
Result<const Library*> library();

}  // namespace alinktf::archive
