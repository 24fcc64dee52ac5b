#include "archive/library.hpp"

#include "sys/shared_library.hpp"

#include <string>
#include <type_traits>

#include <archive.h>
#include <archive_entry.h>

namespace alinktf::archive {

namespace {

/// Finds functions until one is missing.
class Finding {
 public:
  explicit Finding(const sys::SharedLibrary& library) : library_(library) {}

  /// `Declared` is the function in the header: the types must agree.
  template <typename Declared, typename Function>
  Finding& operator()(const char* name, Function*& function) {
    static_assert(std::is_same_v<Declared, Function>);
    if (done_.ok()) {
      done_ = library_.find(name, function);
    }
    return *this;
  }
  Result<void> result() { return std::move(done_); }

 private:
  const sys::SharedLibrary& library_;
  Result<void> done_;
};

Result<Library> load() {
  ALINKTF_ASSIGN_OR_RETURN(const auto shared,
                           sys::SharedLibrary::open("libarchive.so.13", "libarchive13"));
  Library out{};
  Finding find(shared);
// The name once: as text, as type, as member.
#define ALINKTF_FIND(name) find.operator()<decltype(::archive_##name)>("archive_" #name, out.name)
  ALINKTF_FIND(read_new);
  ALINKTF_FIND(read_free);
  ALINKTF_FIND(read_support_filter_bzip2);
  ALINKTF_FIND(read_support_filter_gzip);
  ALINKTF_FIND(read_support_filter_lzma);
  ALINKTF_FIND(read_support_filter_xz);
  ALINKTF_FIND(read_support_filter_zstd);
  ALINKTF_FIND(read_support_format_tar);
  ALINKTF_FIND(read_support_format_zip);
  ALINKTF_FIND(read_open_fd);
  ALINKTF_FIND(read_next_header);
  ALINKTF_FIND(read_data_block);
  ALINKTF_FIND(error_string);
  ALINKTF_FIND(entry_pathname);
  ALINKTF_FIND(entry_pathname_utf8);
  ALINKTF_FIND(entry_hardlink);
  ALINKTF_FIND(entry_hardlink_utf8);
  ALINKTF_FIND(entry_symlink);
  ALINKTF_FIND(entry_symlink_utf8);
  ALINKTF_FIND(entry_filetype);
  ALINKTF_FIND(entry_perm);
  ALINKTF_FIND(entry_size_is_set);
  ALINKTF_FIND(entry_size);
#undef ALINKTF_FIND
  ALINKTF_TRY(find.result());
  return out;
}

}  // namespace

Result<const Library*> library() {
  static const Result<Library> loaded = load();
  if (!loaded.ok()) {
    return loaded.error();
  }
  return &loaded.value();
}

}  // namespace alinktf::archive
