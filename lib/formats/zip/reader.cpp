#include "formats/zip/reader.hpp"

#include "base/text.hpp"
#include "formats/zip/layout.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include <zlib.h>

namespace alinktf::zip {

namespace {

constexpr std::size_t kReadBytes = std::size_t{1} << 16U;
constexpr int kRawWindow = -15;  // zlib's way of saying: deflate data without a header

std::uint32_t crc_of(std::uint32_t before, const char* bytes, std::size_t size) {
  const auto* const from = reinterpret_cast<const Bytef*>(bytes);  // NOLINT: zlib's bytes
  return static_cast<std::uint32_t>(::crc32_z(before, from, size));
}

}  // namespace

struct Reader::Inflater {
  Inflater() = default;
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;
  Inflater(Inflater&&) = delete;
  Inflater& operator=(Inflater&&) = delete;
  ~Inflater() { ::inflateEnd(&zlib); }

  z_stream zlib{};
  int status = ::inflateInit2(&zlib, kRawWindow);
  bool stream_ended = false;
};

Reader::Reader(std::unique_ptr<ByteSource> source)
    : source_(std::move(source)), inflater_(std::make_unique<Inflater>()) {}
Reader::~Reader() = default;

Error Reader::bad(std::string_view what) const {
  return {ErrorCode::kInput, fmt::format("{}: byte {}: {}", source_->name(), offset_, what)};
}

Error Reader::bad_entry(std::string_view what) const {
  return bad(fmt::format("entry {}: {}", quote(entry_name_), what));
}

void Reader::use(std::size_t size) {
  used_ += size;
  offset_ += size;
}

/// Read more behind what is unread. False at the end.
Result<bool> Reader::fill() {
  if (source_ended_) {
    return false;
  }
  bytes_.consume(used_);
  used_ = 0;
  ALINKTF_ASSIGN_OR_RETURN(const std::size_t got,
                           source_->read(bytes_.reserve(kReadBytes), kReadBytes));
  bytes_.commit(got);
  source_ended_ = got == 0;
  return !source_ended_;
}

Result<void> Reader::need(std::size_t size, std::string_view what) {
  while (unread() < size) {
    ALINKTF_ASSIGN_OR_RETURN(const bool more, fill());
    if (!more) {
      return bad(fmt::format("the archive ends in {}; the file is cut off", what));
    }
  }
  return {};
}

Result<std::optional<Entry>> Reader::next() {
  while (!entry_.ended) {
    char rest[4096];
    ALINKTF_TRY(read(rest, sizeof rest));
  }
  if (at_end_) {
    return std::optional<Entry>();
  }
  ALINKTF_TRY(need(sizeof kLocalSignature, entries_ == 0 ? "its first header" : "its directory"));
  const auto signature = load_le<std::uint32_t>(at());
  if (signature == kLocalSignature) {
    ALINKTF_ASSIGN_OR_RETURN(Entry entry, begin_entry());
    return std::optional(std::move(entry));
  }
  if (signature != kCentralSignature && signature != kEnd64Signature &&
      signature != kEndSignature) {
    return bad(entries_ == 0
                   ? fmt::format("found {}, expected a zip archive, which begins with 'PK'",
                                 quote({at(), sizeof signature}))
                   : std::string("expected the next entry of the archive or its directory; the "
                                 "file is damaged"));
  }
  ALINKTF_TRY(read_directory());
  at_end_ = true;
  return std::optional<Entry>();
}

Result<Entry> Reader::begin_entry() {
  ALINKTF_TRY(need(kLocalBytes, "an entry's header"));
  const char* const header = at();
  const auto flags = load_le<std::uint16_t>(header + 6);
  entry_ = {.method = load_le<std::uint16_t>(header + 8),
            .crc = load_le<std::uint32_t>(header + 14),
            .packed = load_le<std::uint32_t>(header + 18),
            .unpacked = load_le<std::uint32_t>(header + 22),
            .has_descriptor = (flags & kHasDescriptor) != 0,
            .ended = false};
  const std::size_t name_size = load_le<std::uint16_t>(header + 26);
  const std::size_t extra_size = load_le<std::uint16_t>(header + 28);
  ALINKTF_TRY(need(kLocalBytes + name_size + extra_size, "an entry's header"));
  entry_name_.assign(at() + kLocalBytes, name_size);
  ALINKTF_TRY(check_header(flags));
  read_extra(at() + kLocalBytes + name_size, extra_size);
  use(kLocalBytes + name_size + extra_size);
  ++entries_;
  if (entry_.method == kDeflated) {
    ::inflateReset2(&inflater_->zlib, kRawWindow);
    inflater_->stream_ended = false;
  }
  return Entry{.name = entry_name_, .directory = entry_name_.ends_with('/')};
}

Result<void> Reader::check_header(std::uint16_t flags) {
  if (inflater_->status != Z_OK) {
    return Error(ErrorCode::kInternal, "zlib: no memory to unpack an archive");
  }
  if ((flags & kEncrypted) != 0) {
    return bad_entry("is encrypted, expected an archive without a password");
  }
  if (entry_.method != kStored && entry_.method != kDeflated) {
    return bad_entry(
        fmt::format("is packed by method {}, expected stored (0) or deflated (8)", entry_.method));
  }
  if (entry_.method == kStored && entry_.has_descriptor && entry_.packed == 0) {
    entry_.has_descriptor = false;  // some writers set the flag for directories, too
    if (!entry_name_.ends_with('/')) {
      return bad_entry("is stored, but its size stands behind it, so its end cannot be told");
    }
  }
  return {};
}

/// Look for the field of the sizes that do not fit 32 bits.
void Reader::read_extra(const char* fields, std::size_t size) {
  constexpr std::size_t kHead = 4;
  while (size >= kHead) {
    const auto kind = load_le<std::uint16_t>(fields);
    const std::size_t length = load_le<std::uint16_t>(fields + 2);
    if (length > size - kHead) {
      return;  // not laid out as usual, so of no use to us
    }
    if (kind == kZip64Field) {
      read_sizes({fields + kHead, length});
    }
    fields += kHead + length;
    size -= kHead + length;
  }
}

void Reader::read_sizes(std::string_view field) {
  entry_.is_zip64 = true;
  for (std::uint64_t* value : {&entry_.unpacked, &entry_.packed}) {
    if (*value == kIn64 && field.size() >= sizeof *value) {
      *value = load_le<std::uint64_t>(field.data());
      field.remove_prefix(sizeof *value);
    }
  }
}

Result<std::size_t> Reader::read(char* to, std::size_t size) {
  if (entry_.ended) {
    return std::size_t{0};
  }
  ALINKTF_ASSIGN_OR_RETURN(
      const std::size_t got,
      entry_.method == kStored ? read_stored(to, size) : read_deflated(to, size));
  entry_.found_crc = crc_of(entry_.found_crc, to, got);
  entry_.found_unpacked += got;
  if (got == 0) {
    ALINKTF_TRY(end_entry());
  }
  return got;
}

Result<std::size_t> Reader::read_stored(char* to, std::size_t size) {
  const std::uint64_t left = entry_.packed - entry_.found_packed;
  if (left == 0) {
    return std::size_t{0};
  }
  ALINKTF_TRY(need(1, fmt::format("entry {}", quote(entry_name_))));
  const auto some = static_cast<std::size_t>(std::min<std::uint64_t>({left, size, unread()}));
  std::memcpy(to, at(), some);
  use(some);
  entry_.found_packed += some;
  return some;
}

Result<std::size_t> Reader::read_deflated(char* to, std::size_t size) {
  z_stream& zlib = inflater_->zlib;
  const auto room = static_cast<uInt>(std::min<std::size_t>(size, std::numeric_limits<int>::max()));
  zlib.next_out = reinterpret_cast<Bytef*>(to);  // NOLINT: zlib's bytes
  zlib.avail_out = room;
  while (zlib.avail_out == room && !inflater_->stream_ended) {
    ALINKTF_TRY(inflate_some());
    const bool stuck = zlib.avail_out == room && !inflater_->stream_ended && unread() == 0;
    ALINKTF_TRY(stuck ? need(1, fmt::format("entry {}", quote(entry_name_))) : Result<void>());
  }
  return std::size_t{room - zlib.avail_out};
}

/// Unpack what is at hand, as far as there is room.
Result<void> Reader::inflate_some() {
  z_stream& zlib = inflater_->zlib;
  zlib.next_in = reinterpret_cast<Bytef*>(bytes_.data() + used_);  // NOLINT: zlib's bytes
  zlib.avail_in = static_cast<uInt>(unread());
  const std::size_t before = unread();
  const int status = ::inflate(&zlib, Z_NO_FLUSH);
  use(before - zlib.avail_in);
  entry_.found_packed += before - zlib.avail_in;
  inflater_->stream_ended = status == Z_STREAM_END;
  if (status == Z_MEM_ERROR) {
    return Error(ErrorCode::kInternal, "zlib: no memory to unpack an archive");
  }
  if (status != Z_OK && status != Z_STREAM_END && status != Z_BUF_ERROR) {
    return bad_entry(fmt::format("the data are damaged ({})",
                                 zlib.msg == nullptr ? "a dictionary is wanted" : zlib.msg));
  }
  return {};
}

Result<void> Reader::end_entry() {
  entry_.ended = true;
  if (entry_.has_descriptor) {
    ALINKTF_TRY(read_descriptor());
  }
  if (entry_.packed != entry_.found_packed || entry_.unpacked != entry_.found_unpacked) {
    return bad_entry(fmt::format("has {} bytes, packed {}, expected {} and {}; the file is damaged",
                                 entry_.found_unpacked,
                                 entry_.found_packed,
                                 entry_.unpacked,
                                 entry_.packed));
  }
  if (entry_.crc != entry_.found_crc) {
    return bad_entry("the CRC is wrong; the file is damaged");
  }
  return {};
}

/// CRC and sizes behind the bytes, with or without a signature. Whether the sizes have 4 or 8 bytes
/// nothing tells for sure: they are what fits the sizes that were found.
Result<void> Reader::read_descriptor() {
  constexpr std::size_t kShort = 12;
  constexpr std::size_t kLong = 20;
  ALINKTF_TRY(need(kShort, "what stands behind an entry"));
  if (load_le<std::uint32_t>(at()) == kDescriptorSignature) {
    use(sizeof kDescriptorSignature);
    ALINKTF_TRY(need(kShort, "what stands behind an entry"));
  }
  const auto fits_short = [&] {
    return load_le<std::uint32_t>(at() + 4) == entry_.found_packed &&
           load_le<std::uint32_t>(at() + 8) == entry_.found_unpacked;
  };
  entry_.crc = load_le<std::uint32_t>(at());
  if (fits_short() && !entry_.is_zip64) {
    entry_.packed = entry_.found_packed;
    entry_.unpacked = entry_.found_unpacked;
    use(kShort);
    return {};
  }
  Result<void> more = need(kLong, "what stands behind an entry");
  if (!more.ok() && !source_ended_) {
    return more;
  }
  if (more.ok() && load_le<std::uint64_t>(at() + 4) == entry_.found_packed &&
      load_le<std::uint64_t>(at() + 12) == entry_.found_unpacked) {
    entry_.packed = entry_.found_packed;
    entry_.unpacked = entry_.found_unpacked;
    use(kLong);
    return {};
  }
  entry_.packed = load_le<std::uint32_t>(at() + 4);
  entry_.unpacked = load_le<std::uint32_t>(at() + 8);
  use(kShort);
  return {};
}

/// The list of all entries behind the last: nothing is new in it, but without it the file is cut
/// off.
Result<void> Reader::read_directory() {
  std::uint64_t listed = 0;
  for (;; ++listed) {
    ALINKTF_TRY(need(sizeof kCentralSignature, "its directory"));
    if (load_le<std::uint32_t>(at()) != kCentralSignature) {
      break;
    }
    ALINKTF_TRY(need(kCentralBytes, "its directory"));
    const std::size_t size = kCentralBytes + load_le<std::uint16_t>(at() + 28) +
                             load_le<std::uint16_t>(at() + 30) + load_le<std::uint16_t>(at() + 32);
    ALINKTF_TRY(need(size, "its directory"));
    use(size);
  }
  if (listed != entries_) {
    return bad(fmt::format("the directory lists {} entries, but {} were found; the file is damaged",
                           listed,
                           entries_));
  }
  return read_end();
}

/// Pass over the end of the directory of a zip64 archive: nothing in it is new.
Result<void> Reader::skip_end64() {
  constexpr std::size_t kUncounted = 12;  // the size field does not count what stands before
  ALINKTF_TRY(need(kEnd64Bytes, "its directory"));
  auto size = load_le<std::uint64_t>(at() + 4);
  use(kUncounted);
  while (size != 0) {
    ALINKTF_TRY(need(1, "its directory"));
    const auto some = static_cast<std::size_t>(std::min<std::uint64_t>(size, unread()));
    use(some);
    size -= some;
  }
  ALINKTF_TRY(need(kLocator64Bytes, "its directory"));
  use(kLocator64Bytes);
  return {};
}

Result<void> Reader::read_end() {
  if (load_le<std::uint32_t>(at()) == kEnd64Signature) {
    ALINKTF_TRY(skip_end64());
  }
  ALINKTF_TRY(need(kEndBytes, "its directory"));
  if (load_le<std::uint32_t>(at()) != kEndSignature) {
    return bad("expected the end of the archive's directory; the file is damaged");
  }
  const std::size_t size = kEndBytes + load_le<std::uint16_t>(at() + 20);
  ALINKTF_TRY(need(size, "its comment"));
  use(size);
  ALINKTF_ASSIGN_OR_RETURN(const bool more, unread() != 0 ? Result<bool>(true) : fill());
  return more ? bad("found something behind the archive, expected the end of the file")
              : Result<void>();
}

}  // namespace alinktf::zip
