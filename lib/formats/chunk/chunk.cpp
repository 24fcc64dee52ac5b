#include "formats/chunk/chunk.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace alinktf::chunk {

namespace {

constexpr std::size_t kReadBytes = 64U << 10U;

bool known(Kind kind) {
  return kind >= Kind::kTfrecord && kind <= Kind::kError;
}

}  // namespace

Header load_header(const char* from) {
  return {.kind = static_cast<Kind>(load_le<std::uint32_t>(from)),
          .payload_bytes = load_le<std::uint32_t>(from + 4),
          .records = load_le<std::uint32_t>(from + 8)};
}

void store_header(char* to, const Header& header) {
  store_le(to, static_cast<std::uint32_t>(header.kind));
  store_le(to + 4, header.payload_bytes);
  store_le(to + 8, header.records);
}

void store_tensor_head(char* to, std::uint32_t records) {
  // dtype: DT_STRING; tensor_shape: {dim: {size: …}}, whose number always takes five bytes, so that
  // it can be written once it is known.
  constexpr char kHead[] = {0x08, 0x07, 0x12, 0x08, 0x12, 0x06, 0x08};
  static_assert(sizeof kHead + 5 == kTensorHeadBytes);
  to = std::copy(std::begin(kHead), std::end(kHead), to);
  for (int i = 0; i < 4; ++i) {
    *to++ = static_cast<char>((records & 0x7FU) | 0x80U);
    records >>= 7U;
  }
  *to = static_cast<char>(records);
}

void append_tensor_ends(Buffer& out, std::span<const std::uint32_t> sizes) {
  char* to = out.reserve(sizes.size() * sizeof(std::uint32_t));
  std::uint32_t end = 0;
  for (const std::uint32_t size : sizes) {
    end += size;
    store_le(to, end);
    to += sizeof end;
  }
  out.commit(sizes.size() * sizeof end);
}

void append_end(Buffer& out, std::uint64_t total, std::string_view text) {
  char* to = out.reserve(kHeaderBytes + sizeof total);
  store_header(to,
               {.kind = Kind::kEnd,
                .payload_bytes = static_cast<std::uint32_t>(sizeof total + text.size()),
                .records = 0});
  store_le(to + kHeaderBytes, total);
  out.commit(kHeaderBytes + sizeof total);
  out.append(text);
}

void append_error(Buffer& out, std::string_view text) {
  const Header header{
      .kind = Kind::kError, .payload_bytes = static_cast<std::uint32_t>(text.size()), .records = 0};
  store_header(out.reserve(kHeaderBytes), header);
  out.commit(kHeaderBytes);
  out.append(text);
}

std::size_t Decoder::wanted() const {
  const std::size_t waiting = bytes_.size() - used_;
  if (waiting < kHeaderBytes) {
    return kReadBytes;
  }
  const std::size_t whole = kHeaderBytes + load_header(bytes_.data() + used_).payload_bytes;
  return std::max(kReadBytes,
                  whole > waiting ? std::min<std::size_t>(whole - waiting, 1U << 20U) : 0);
}

Result<Decoder::Step> Decoder::next(Header& header, std::string_view& payload) {
  const std::size_t waiting = bytes_.size() - used_;
  if (waiting >= kHeaderBytes) {
    header = load_header(bytes_.data() + used_);
    if (!known(header.kind) || header.payload_bytes > kMaxPayloadBytes) {
      return Error(
          ErrorCode::kWorker,
          fmt::format("the results are not chunks: a header says kind {}, {} bytes; only the "
                      "runtime's output_writer may write to descriptor 4",
                      static_cast<std::uint32_t>(header.kind),
                      header.payload_bytes));
    }
    if (waiting >= kHeaderBytes + header.payload_bytes) {
      payload = {bytes_.data() + used_ + kHeaderBytes, header.payload_bytes};
      used_ += kHeaderBytes + header.payload_bytes;
      return Step::kChunk;
    }
  }
  bytes_.consume(used_);
  used_ = 0;
  return Step::kNeedMore;
}

}  // namespace alinktf::chunk
