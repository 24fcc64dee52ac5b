// ZIP archives, written front to back.
#pragma once

#include "base/bytes.hpp"
#include "base/result.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace alinktf::zip {

/// Writes deflated entries as java.util.zip does: sizes and CRC behind the bytes, names in UTF-8.
/// The same entries always become the same bytes: the time of all is 1980-01-01. Entries and
/// archives may be larger than 4 GiB (zip64).
///
/// What each call makes is appended to its `out`. All of it, in order, is the archive.
class Writer {
 public:
  Writer();
  Writer(Writer&&) noexcept;
  Writer& operator=(Writer&&) noexcept;
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;
  ~Writer();

  /// Begin the file `name`. The one before has ended.
  void begin(std::string_view name, Buffer& out);
  /// A directory; `name` ends with '/'.
  void add_directory(std::string_view name, Buffer& out);
  /// Bytes of the file; what is packed of them may come with later calls. kInternal without memory.
  Result<void> add(std::string_view bytes, Buffer& out);
  /// Append all that add() has kept, so that a reader can unpack it. Costs some compression.
  Result<void> flush(Buffer& out);
  /// The file is complete.
  Result<void> end(Buffer& out);
  /// All entries are there. Last call.
  void finish(Buffer& out);

 private:
  struct Deflater;
  struct Entry {
    std::string name;
    std::uint16_t method = 0;
    std::uint16_t flags = 0;
    std::uint32_t crc = 0;
    std::uint64_t packed = 0;
    std::uint64_t unpacked = 0;
    std::uint64_t offset = 0;
  };

  void append_local(Entry entry, Buffer& out);
  static void append_central(const Entry& entry, Buffer& out);
  Result<void> run(int flush, Buffer& out);

  std::unique_ptr<Deflater> deflater_;
  std::vector<Entry> entries_;
  std::uint64_t offset_ = 0;  ///< of what comes next in the archive
};

}  // namespace alinktf::zip
