#include "formats/gzip/inflate.hpp"

#include "base/bytes.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include <zlib.h>

namespace alinktf::gzip {

namespace {

constexpr std::size_t kReadBytes = std::size_t{1} << 16U;
constexpr int kGzipWindow = 15 + 16;  // zlib's way of saying: with gzip's header
constexpr int kZlibWindow = 15;

class Inflater final : public ByteSource {
 public:
  Inflater(std::unique_ptr<ByteSource> source, Format format, Content content)
      : source_(std::move(source)), format_(format), content_(content) {}
  ~Inflater() override { ::inflateEnd(&stream_); }
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;
  Inflater(Inflater&&) = delete;
  Inflater& operator=(Inflater&&) = delete;

  Result<void> start() {
    if (::inflateInit2(&stream_, format_ == Format::kZlib ? kZlibWindow : kGzipWindow) != Z_OK) {
      return Error(ErrorCode::kInternal, "zlib: no memory to unpack a file");
    }
    return {};
  }

  Result<std::size_t> read(char* to, std::size_t size) override {
    if (format_ == Format::kAuto) {
      ALINKTF_TRY(decide());
    }
    return format_ == Format::kNone ? pass(to, size) : unpack(to, size);
  }
  [[nodiscard]] const std::string& name() const override { return source_->name(); }
  [[nodiscard]] bool ready() const override {
    return stream_.avail_in != 0 || output_was_full_ || ended_ || source_->ready();
  }

 private:
  /// Read behind what is still to be unpacked.
  Result<void> fill() {
    packed_.consume(packed_.size() - stream_.avail_in);
    ALINKTF_ASSIGN_OR_RETURN(const std::size_t got,
                             source_->read(packed_.reserve(kReadBytes), kReadBytes));
    packed_.commit(got);
    ended_ = got == 0;
    offset_ += got;
    stream_.next_in = reinterpret_cast<Bytef*>(packed_.data());  // NOLINT: zlib's bytes
    stream_.avail_in = static_cast<uInt>(packed_.size());
    return {};
  }

  Result<void> decide() {
    while (!ended_ && needs_more(packed_.view())) {
      ALINKTF_TRY(fill());
    }
    format_ = guess(packed_.view().substr(0, kGuessBytes), content_);
    if (format_ == Format::kZlib) {
      ::inflateReset2(&stream_, kZlibWindow);
    }
    return {};
  }

  Result<std::size_t> pass(char* to, std::size_t size) {
    if (stream_.avail_in == 0) {
      return source_->read(to, size);
    }
    const std::size_t some = std::min<std::size_t>(size, stream_.avail_in);
    std::memcpy(to, packed_.data() + packed_.size() - stream_.avail_in, some);
    stream_.avail_in -= static_cast<uInt>(some);
    return some;
  }

  Result<std::size_t> unpack(char* to, std::size_t size) {
    const auto room =
        static_cast<uInt>(std::min<std::size_t>(size, std::numeric_limits<uInt>::max()));
    stream_.next_out = reinterpret_cast<Bytef*>(to);  // NOLINT: zlib's bytes
    stream_.avail_out = room;
    while (stream_.avail_out == room && !at_end_) {
      ALINKTF_TRY(between_members_ ? next_member() : step());
    }
    output_was_full_ = stream_.avail_out == 0;
    return std::size_t{room - stream_.avail_out};
  }

  /// Unpack some of what is there. What has been unpacked is handed out before an error, which
  /// zlib then repeats.
  Result<void> step() {
    if (stream_.avail_in == 0 && !output_was_full_ && !ended_) {
      ALINKTF_TRY(fill());
    }
    const uInt room = stream_.avail_out;
    const int status = ::inflate(&stream_, Z_NO_FLUSH);
    output_was_full_ = false;
    if (status == Z_STREAM_END) {
      between_members_ = true;
    } else if (stream_.avail_out != room) {
      return {};
    } else if (status == Z_MEM_ERROR) {
      return Error(ErrorCode::kInternal, "zlib: no memory to unpack a file");
    } else if (status == Z_BUF_ERROR && ended_) {
      return damaged(fmt::format("the {} data end too early; the file is cut off", format_name()));
    } else if (status != Z_OK && status != Z_BUF_ERROR) {
      return damaged(fmt::format("the {} data are damaged ({})",
                                 format_name(),
                                 stream_.msg == nullptr ? "a dictionary is wanted" : stream_.msg));
    }
    return {};
  }

  /// Begin the next member, or find that there is none.
  Result<void> next_member() {
    while (true) {
      while (stream_.avail_in != 0 && *stream_.next_in == 0) {
        ++stream_.next_in;
        --stream_.avail_in;
        in_padding_ = true;
      }
      if (stream_.avail_in != 0 || ended_) {
        break;
      }
      ALINKTF_TRY(fill());
    }
    if (stream_.avail_in == 0) {
      at_end_ = true;
      return {};
    }
    constexpr Bytef kGzipFirst = 0x1F;
    if (format_ == Format::kZlib || in_padding_ || *stream_.next_in != kGzipFirst) {
      return damaged(fmt::format("found something behind the {} data, expected the end of the file",
                                 format_name()));
    }
    ::inflateReset(&stream_);
    between_members_ = false;
    return {};
  }

  [[nodiscard]] std::string_view format_name() const {
    return format_ == Format::kZlib ? "zlib" : "gzip";
  }

  [[nodiscard]] Error damaged(std::string_view what) const {
    return {
        ErrorCode::kInput,
        fmt::format("{}: packed byte {}: {}", source_->name(), offset_ - stream_.avail_in, what)};
  }

  std::unique_ptr<ByteSource> source_;
  Format format_;
  Content content_;
  z_stream stream_{};
  Buffer packed_;             ///< Its last stream_.avail_in bytes are still to be unpacked.
  std::uint64_t offset_ = 0;  ///< Of the end of packed_ in the file.
  bool ended_ = false;        ///< Nothing comes behind packed_.
  bool between_members_ = false;
  bool in_padding_ = false;
  bool at_end_ = false;           ///< All has been unpacked.
  bool output_was_full_ = false;  ///< zlib may hold more that it has unpacked already.
};

}  // namespace

Result<std::unique_ptr<ByteSource>> inflate(std::unique_ptr<ByteSource> source,
                                            Format format,
                                            Content content) {
  if (format == Format::kNone) {
    return source;
  }
  auto inflater = std::make_unique<Inflater>(std::move(source), format, content);
  ALINKTF_TRY(inflater->start());
  return std::unique_ptr<ByteSource>(std::move(inflater));
}

}  // namespace alinktf::gzip
