// ZIP archives, read front to back.
#pragma once

#include "base/byte_source.hpp"
#include "base/bytes.hpp"
#include "base/result.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace alinktf::zip {

/// What the archive says of an entry before its bytes.
struct Entry {
  std::string name;  ///< as it stands there: not safe as a path
  bool directory = false;
};

/// Reads an archive as a stream, entry after entry, by their local headers: stored and deflated
/// entries, sizes before or (deflated only, as from java.util.zip) behind the bytes, zip64. Memory
/// does not depend on the archive. Sizes and CRC are checked at the end of each entry, and at the
/// end of the archive that the directory is whole and counts as many entries.
///
/// Errors are kInput and name the source and the byte in it; those of an entry its name as well.
class Reader {
 public:
  explicit Reader(std::unique_ptr<ByteSource> source);
  ~Reader();
  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;
  Reader(Reader&&) = delete;
  Reader& operator=(Reader&&) = delete;

  /// Go to the next entry, past what is left of this one. Nothing at the end of the archive.
  Result<std::optional<Entry>> next();

  /// Read up to `size` (> 0) bytes of the entry: as ByteSource::read(), 0 at its end.
  Result<std::size_t> read(char* to, std::size_t size);

  [[nodiscard]] const std::string& name() const { return source_->name(); }
  /// True if read() will find bytes without waiting for the source.
  [[nodiscard]] bool ready() const { return unread() != 0 || source_->ready(); }

 private:
  struct Inflater;

  /// The entry at hand.
  struct State {
    std::uint16_t method = 0;
    std::uint32_t crc = 0;        ///< as told before or behind the bytes
    std::uint64_t packed = 0;     ///< as told
    std::uint64_t unpacked = 0;   ///< as told
    bool has_descriptor = false;  ///< the three stand behind the bytes
    bool is_zip64 = false;
    bool ended = true;  ///< all bytes have been read and checked
    // As found so far.
    std::uint32_t found_crc = 0;
    std::uint64_t found_packed = 0;
    std::uint64_t found_unpacked = 0;
  };

  [[nodiscard]] std::size_t unread() const { return bytes_.size() - used_; }
  [[nodiscard]] const char* at() const { return bytes_.data() + used_; }
  void use(std::size_t size);
  Result<bool> fill();
  /// Have `size` bytes at hand, which belong to `what`.
  Result<void> need(std::size_t size, std::string_view what);

  Result<Entry> begin_entry();
  void read_extra(const char* fields, std::size_t size);
  void read_sizes(std::string_view field);
  Result<void> check_header(std::uint16_t flags);
  Result<std::size_t> read_stored(char* to, std::size_t size);
  Result<std::size_t> read_deflated(char* to, std::size_t size);
  Result<void> inflate_some();
  Result<void> end_entry();
  Result<void> read_descriptor();
  Result<void> read_directory();
  Result<void> skip_end64();
  Result<void> read_end();

  [[nodiscard]] Error bad(std::string_view what) const;
  [[nodiscard]] Error bad_entry(std::string_view what) const;

  std::unique_ptr<ByteSource> source_;
  Buffer bytes_;
  std::size_t used_ = 0;      ///< of bytes_
  std::uint64_t offset_ = 0;  ///< of the first unread byte
  bool source_ended_ = false;
  bool at_end_ = false;
  std::uint64_t entries_ = 0;
  std::string entry_name_;
  State entry_;
  std::unique_ptr<Inflater> inflater_;
};

}  // namespace alinktf::zip
