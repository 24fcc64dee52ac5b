#include "formats/gzip/deflate.hpp"

#include "base/assert.hpp"

#include <algorithm>

#include <zlib.h>

namespace alinktf::gzip {

namespace {

constexpr int kLevel = 6;
constexpr int kMemoryLevel = 8;
constexpr int kGzipWindow = 15 + 16;  // zlib's way of saying: with gzip's header
constexpr int kZlibWindow = 15;
constexpr std::size_t kRoomBytes = std::size_t{1} << 14U;
constexpr std::size_t kPieceBytes = std::size_t{1} << 30U;  // zlib counts in 32 bits

}  // namespace

struct Deflater::Stream {
  explicit Stream(int window)
      : status(
            ::deflateInit2(&zlib, kLevel, Z_DEFLATED, window, kMemoryLevel, Z_DEFAULT_STRATEGY)) {}
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;
  Stream(Stream&&) = delete;
  Stream& operator=(Stream&&) = delete;
  ~Stream() { ::deflateEnd(&zlib); }

  z_stream zlib{};
  int status;
};

Deflater::Deflater(Format format)
    : stream_(std::make_unique<Stream>(format == Format::kGzip ? kGzipWindow : kZlibWindow)) {
  ALINKTF_ASSERT(format == Format::kGzip || format == Format::kZlib);
}
Deflater::Deflater(Deflater&&) noexcept = default;
Deflater& Deflater::operator=(Deflater&&) noexcept = default;
Deflater::~Deflater() = default;

Result<void> Deflater::add(std::string_view bytes, Buffer& out) {
  while (!bytes.empty()) {
    const std::string_view piece = bytes.substr(0, kPieceBytes);
    bytes.remove_prefix(piece.size());
    // zlib does not write to its input.
    stream_->zlib.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(piece.data()));  // NOLINT
    stream_->zlib.avail_in = static_cast<uInt>(piece.size());
    ALINKTF_TRY(run(Z_NO_FLUSH, out));
  }
  return {};
}

Result<void> Deflater::flush(Buffer& out) {
  return run(Z_SYNC_FLUSH, out);
}

Result<void> Deflater::finish(Buffer& out) {
  return run(Z_FINISH, out);
}

Result<void> Deflater::run(int flush, Buffer& out) {
  if (stream_->status != Z_OK) {
    return Error(ErrorCode::kInternal, "zlib: no memory to pack a file");
  }
  z_stream& zlib = stream_->zlib;
  do {
    zlib.next_out = reinterpret_cast<Bytef*>(out.reserve(kRoomBytes));  // NOLINT: zlib's bytes
    zlib.avail_out = static_cast<uInt>(kRoomBytes);
    ::deflate(&zlib, flush);
    out.commit(kRoomBytes - zlib.avail_out);
  } while (zlib.avail_out == 0);
  return {};
}

}  // namespace alinktf::gzip
