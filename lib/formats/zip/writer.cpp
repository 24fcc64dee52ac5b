#include "formats/zip/writer.hpp"

#include "base/assert.hpp"
#include "formats/zip/layout.hpp"

#include <algorithm>

#include <zlib.h>

namespace alinktf::zip {

namespace {

constexpr int kLevel = 6;
constexpr int kMemoryLevel = 8;
constexpr int kRawWindow = -15;  // zlib's way of saying: deflate data without a header
constexpr std::size_t kRoomBytes = std::size_t{1} << 14U;
constexpr std::size_t kPieceBytes = std::size_t{1} << 30U;  // zlib counts in 32 bits

constexpr std::uint16_t kVersion = 20;  // of the format that a reader must know
constexpr std::uint16_t kVersion64 = 45;
constexpr std::uint16_t kMidnight = 0;
constexpr std::uint16_t kFirstDay = 1U << 5U | 1U;  // 1980-01-01, where the format's time begins
constexpr std::uint32_t kDirectoryAttribute = 0x10;

template <typename T>
void put(T value, Buffer& out) {
  store_le(out.reserve(sizeof value), value);
  out.commit(sizeof value);
}

std::uint32_t or_in_64(std::uint64_t value) {
  return value >= kIn64 ? kIn64 : static_cast<std::uint32_t>(value);
}

}  // namespace

struct Writer::Deflater {
  Deflater() = default;
  Deflater(const Deflater&) = delete;
  Deflater& operator=(const Deflater&) = delete;
  Deflater(Deflater&&) = delete;
  Deflater& operator=(Deflater&&) = delete;
  ~Deflater() { ::deflateEnd(&zlib); }

  z_stream zlib{};
  int status =
      ::deflateInit2(&zlib, kLevel, Z_DEFLATED, kRawWindow, kMemoryLevel, Z_DEFAULT_STRATEGY);
};

Writer::Writer() : deflater_(std::make_unique<Deflater>()) {}
Writer::Writer(Writer&&) noexcept = default;
Writer& Writer::operator=(Writer&&) noexcept = default;
Writer::~Writer() = default;

void Writer::append_local(Entry entry, Buffer& out) {
  const std::size_t before = out.size();
  ALINKTF_ASSERT(entry.name.size() < kIn64Short);
  entry.offset = offset_;
  put(kLocalSignature, out);
  put(kVersion, out);
  put(entry.flags, out);
  put(entry.method, out);
  put(kMidnight, out);
  put(kFirstDay, out);
  put(std::uint32_t{0}, out);  // CRC and sizes: none, or behind the bytes
  put(std::uint32_t{0}, out);
  put(std::uint32_t{0}, out);
  put(static_cast<std::uint16_t>(entry.name.size()), out);
  put(std::uint16_t{0}, out);  // no extra field
  out.append(entry.name);
  offset_ += out.size() - before;
  entries_.push_back(std::move(entry));
}

void Writer::begin(std::string_view name, Buffer& out) {
  ::deflateReset(&deflater_->zlib);
  append_local({.name = std::string(name),
                .method = kDeflated,
                .flags = static_cast<std::uint16_t>(kHasDescriptor | kUtf8Name)},
               out);
}

void Writer::add_directory(std::string_view name, Buffer& out) {
  ALINKTF_ASSERT(name.ends_with('/'));
  append_local({.name = std::string(name), .method = kStored, .flags = kUtf8Name}, out);
}

Result<void> Writer::add(std::string_view bytes, Buffer& out) {
  Entry& entry = entries_.back();
  const auto* const all = reinterpret_cast<const Bytef*>(bytes.data());  // NOLINT: zlib's bytes
  entry.crc = static_cast<std::uint32_t>(::crc32_z(entry.crc, all, bytes.size()));
  entry.unpacked += bytes.size();
  while (!bytes.empty()) {
    const std::string_view piece = bytes.substr(0, kPieceBytes);
    bytes.remove_prefix(piece.size());
    // zlib does not write to its input.
    deflater_->zlib.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(piece.data()));  // NOLINT
    deflater_->zlib.avail_in = static_cast<uInt>(piece.size());
    ALINKTF_TRY(run(Z_NO_FLUSH, out));
  }
  return {};
}

Result<void> Writer::flush(Buffer& out) {
  return run(Z_SYNC_FLUSH, out);
}

Result<void> Writer::run(int flush, Buffer& out) {
  if (deflater_->status != Z_OK) {
    return Error(ErrorCode::kInternal, "zlib: no memory to pack an archive");
  }
  const std::size_t before = out.size();
  z_stream& zlib = deflater_->zlib;
  do {
    zlib.next_out = reinterpret_cast<Bytef*>(out.reserve(kRoomBytes));  // NOLINT: zlib's bytes
    zlib.avail_out = static_cast<uInt>(kRoomBytes);
    ::deflate(&zlib, flush);
    out.commit(kRoomBytes - zlib.avail_out);
  } while (zlib.avail_out == 0);
  entries_.back().packed += out.size() - before;
  offset_ += out.size() - before;
  return {};
}

Result<void> Writer::end(Buffer& out) {
  ALINKTF_TRY(run(Z_FINISH, out));
  const Entry& entry = entries_.back();
  const std::size_t before = out.size();
  put(kDescriptorSignature, out);
  put(entry.crc, out);
  if (entry.packed >= kIn64 || entry.unpacked >= kIn64) {
    put(entry.packed, out);
    put(entry.unpacked, out);
  } else {
    put(static_cast<std::uint32_t>(entry.packed), out);
    put(static_cast<std::uint32_t>(entry.unpacked), out);
  }
  offset_ += out.size() - before;
  return {};
}

void Writer::append_central(const Entry& entry, Buffer& out) {
  Buffer wide;  // what does not fit 32 bits
  for (const std::uint64_t value : {entry.unpacked, entry.packed, entry.offset}) {
    if (value >= kIn64) {
      put(value, wide);
    }
  }
  constexpr std::size_t kHead = 4;
  put(kCentralSignature, out);
  put(wide.empty() ? kVersion : kVersion64, out);
  put(wide.empty() ? kVersion : kVersion64, out);
  put(entry.flags, out);
  put(entry.method, out);
  put(kMidnight, out);
  put(kFirstDay, out);
  put(entry.crc, out);
  put(or_in_64(entry.packed), out);
  put(or_in_64(entry.unpacked), out);
  put(static_cast<std::uint16_t>(entry.name.size()), out);
  put(static_cast<std::uint16_t>(wide.empty() ? 0 : kHead + wide.size()), out);
  put(std::uint16_t{0}, out);  // no comment
  put(std::uint16_t{0}, out);  // disk
  put(std::uint16_t{0}, out);  // internal attributes
  put(entry.method == kStored ? kDirectoryAttribute : std::uint32_t{0}, out);
  put(or_in_64(entry.offset), out);
  out.append(entry.name);
  if (!wide.empty()) {
    put(kZip64Field, out);
    put(static_cast<std::uint16_t>(wide.size()), out);
    out.append(wide.view());
  }
}

void Writer::finish(Buffer& out) {
  const std::size_t before = out.size();
  for (const Entry& entry : entries_) {
    append_central(entry, out);
  }
  const std::uint64_t size = out.size() - before;
  const std::uint64_t count = entries_.size();
  if (count >= kIn64Short || size >= kIn64 || offset_ >= kIn64) {
    put(kEnd64Signature, out);
    put(std::uint64_t{kEnd64Bytes - 12}, out);  // of what follows
    put(kVersion64, out);
    put(kVersion64, out);
    put(std::uint32_t{0}, out);  // disk
    put(std::uint32_t{0}, out);  // disk of the directory
    put(count, out);
    put(count, out);
    put(size, out);
    put(offset_, out);
    put(kLocator64Signature, out);
    put(std::uint32_t{0}, out);  // disk
    put(offset_ + size, out);
    put(std::uint32_t{1}, out);  // disks
  }
  const auto short_count = static_cast<std::uint16_t>(std::min<std::uint64_t>(count, kIn64Short));
  put(kEndSignature, out);
  put(std::uint16_t{0}, out);  // disk
  put(std::uint16_t{0}, out);  // disk of the directory
  put(short_count, out);
  put(short_count, out);
  put(or_in_64(size), out);
  put(or_in_64(offset_), out);
  put(std::uint16_t{0}, out);  // no comment
}

}  // namespace alinktf::zip
