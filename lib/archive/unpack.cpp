#include "archive/unpack.hpp"

#include "archive/library.hpp"
#include "archive/tree.hpp"
#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <memory>

#include <archive.h>
#include <archive_entry.h>
#include <fcntl.h>
#include <unistd.h>

namespace alinktf::archive {

namespace {

constexpr std::size_t kReadBytes = std::size_t{256} << 10U;

/// Names come in the locale's coding, which is bytes as they are for us, or in UTF-8 only.
std::string first_of(const char* text, const char* utf8) {
  return text != nullptr ? text : utf8 != nullptr ? utf8 : "";
}

Result<void> write_at(int fd, const char* bytes, std::size_t size, std::int64_t offset) {
  while (size > 0) {
    const ssize_t wrote = ::pwrite(fd, bytes, size, offset);
    if (wrote < 0 && errno == EINTR) {
      continue;
    }
    if (wrote < 0) {
      return os_error(ErrorCode::kInternal, "write");
    }
    bytes += wrote;
    size -= static_cast<std::size_t>(wrote);
    offset += wrote;
  }
  return {};
}

class Unpacking {
 public:
  /// `into` is the directory of `tree`.
  Unpacking(const Library& api,
            Tree tree,
            const std::string& into,
            const Limits& limits,
            const sys::Interruption& interruption)
      : api_(api),
        tree_(std::move(tree)),
        name_bytes_(limits.path_bytes - std::min(limits.path_bytes, into.size() + 1)),
        limits_(limits),
        interruption_(interruption),
        reader_(api.read_new(), api.read_free) {}

  Result<void> run(int file) {
    if (reader_ == nullptr) {
      return Error(ErrorCode::kInternal, "libarchive: no memory");
    }
    ::archive* const reader = reader_.get();
    // What a filter says is of no matter: one that is not built in cannot read its files.
    for (const auto support : {api_.read_support_filter_bzip2,
                               api_.read_support_filter_gzip,
                               api_.read_support_filter_lzma,
                               api_.read_support_filter_xz,
                               api_.read_support_filter_zstd,
                               api_.read_support_format_tar,
                               api_.read_support_format_zip}) {
      support(reader);
    }
    if (api_.read_open_fd(reader, file, kReadBytes) != ARCHIVE_OK) {
      return damaged();
    }
    for (;;) {
      ::archive_entry* entry = nullptr;
      const int status = api_.read_next_header(reader, &entry);
      if (status == ARCHIVE_EOF) {
        return {};
      }
      if (status != ARCHIVE_OK && status != ARCHIVE_WARN) {
        return damaged();
      }
      const std::string name =
          first_of(api_.entry_pathname(entry), api_.entry_pathname_utf8(entry));
      ALINKTF_TRY(add(entry, name).context([&] { return "entry " + quote(name); }));
    }
  }

 private:
  Error damaged() const {
    const char* const why = api_.error_string(reader_.get());
    return {ErrorCode::kSpec,
            fmt::format("expected a zip or tar archive that can be read, found: {}",
                        why == nullptr ? "damaged data" : why)};
  }

  Result<void> add(::archive_entry* entry, const std::string& name) {
    ALINKTF_TRY(interruption_.check());
    if (++entries_ > limits_.entries) {
      return Error(ErrorCode::kSpec,
                   fmt::format("expected at most {} entries, found more", limits_.entries));
    }
    ALINKTF_TRY(check_length(name));
    ALINKTF_ASSIGN_OR_RETURN(const auto parts, parts_of(name));
    const std::string hard_link =
        first_of(api_.entry_hardlink(entry), api_.entry_hardlink_utf8(entry));
    if (!hard_link.empty()) {
      ALINKTF_ASSIGN_OR_RETURN(const auto target,
                               parts_of(hard_link).context([] { return "hard link"; }));
      return tree_.add_hard_link(parts, target);
    }
    switch (api_.entry_filetype(entry)) {
      case AE_IFDIR:
        return tree_.add_directory(parts, api_.entry_perm(entry));
      case AE_IFLNK:
        return tree_.add_symbolic_link(
            parts,
            first_of(api_.entry_symlink(entry), api_.entry_symlink_utf8(entry)),
            limits_.outside_links ? LinkTarget::kAnywhere : LinkTarget::kInside);
      case AE_IFREG:
      case 0:
        return add_file(entry, parts);
      default:
        return Error(ErrorCode::kSpec,
                     "expected a file, directory or link, found a device, FIFO or socket");
    }
  }

  Result<void> add_file(::archive_entry* entry, const std::vector<std::string>& parts) {
    const bool told = api_.entry_size_is_set(entry) != 0;
    const auto size = static_cast<std::uint64_t>(told ? api_.entry_size(entry) : 0);
    ALINKTF_TRY(check_room(size));
    ALINKTF_ASSIGN_OR_RETURN(sys::Fd file, tree_.add_file(parts, api_.entry_perm(entry)));
    ALINKTF_ASSIGN_OR_RETURN(const std::uint64_t end, copy_data(file.get()));
    if (end < size && ::ftruncate(file.get(), static_cast<off_t>(size)) != 0) {  // ends in a hole
      return os_error(ErrorCode::kInternal, "write");
    }
    bytes_ += std::max(end, size);
    return file.close();
  }

  /// Where the data ends.
  Result<std::uint64_t> copy_data(int file) {
    std::uint64_t end = 0;
    for (;;) {
      ALINKTF_TRY(interruption_.check());
      const void* bytes = nullptr;
      std::size_t size = 0;
      std::int64_t offset = 0;
      const int status = api_.read_data_block(reader_.get(), &bytes, &size, &offset);
      if (status == ARCHIVE_EOF) {
        return end;
      }
      if (status != ARCHIVE_OK || offset < 0) {
        return damaged();
      }
      ALINKTF_TRY(check_room(static_cast<std::uint64_t>(offset)));
      end = std::max(end, static_cast<std::uint64_t>(offset) + size);
      ALINKTF_TRY(check_room(end));
      ALINKTF_TRY(write_at(file, static_cast<const char*>(bytes), size, offset));
    }
  }

  [[nodiscard]] Result<void> check_length(const std::string& name) const {
    if (name.size() > name_bytes_) {
      return Error(ErrorCode::kSpec,
                   fmt::format("expected a path of at most {} bytes below the archive's directory, "
                               "found one of {}",
                               name_bytes_,
                               name.size()));
    }
    return {};
  }

  [[nodiscard]] Result<void> check_room(std::uint64_t more) const {
    if (more > limits_.bytes || bytes_ > limits_.bytes - more) {
      return Error(ErrorCode::kSpec,
                   fmt::format("expected at most {} bytes unpacked, found more", limits_.bytes));
    }
    return {};
  }

  const Library& api_;
  Tree tree_;
  std::size_t name_bytes_;  ///< the most that an entry's name may have
  Limits limits_;
  const sys::Interruption& interruption_;
  std::unique_ptr<::archive, int (*)(::archive*)> reader_;
  std::uint64_t bytes_ = 0;
  std::uint64_t entries_ = 0;
};

}  // namespace

Result<void> unpack(const std::string& file,
                    const std::string& into,
                    const Limits& limits,
                    const sys::Interruption& interruption) {
  const auto place = [&] { return fmt::format("archive '{}'", file); };  // whole, however long
  const sys::Fd source(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
  if (!source) {
    return os_error(ErrorCode::kSpec, place() + ": open");
  }
  ALINKTF_ASSIGN_OR_RETURN(const Library* const api, library());
  ALINKTF_ASSIGN_OR_RETURN(Tree tree, Tree::open(into));
  return Unpacking(*api, std::move(tree), into, limits, interruption)
      .run(source.get())
      .context(place);
}

}  // namespace alinktf::archive
