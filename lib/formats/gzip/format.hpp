// How the bytes of a file are packed.
#pragma once

#include <cstdint>
#include <string_view>

namespace alinktf::gzip {

enum class Format : std::uint8_t {
  kAuto,  ///< Inputs only: what guess() says.
  kNone,
  kGzip,  ///< RFC 1952; a file may have several members.
  kZlib,  ///< RFC 1950; what TensorFlow calls a TFRecord file of the compression type ZLIB.
};

/// What a file holds when it is not packed. Decides what may be guessed: nothing that is a plain
/// file of this kind is ever taken for a packed one.
enum class Content : std::uint8_t {
  /// CSV, JSON lines. gzip's first two bytes begin no UTF-8 text. zlib's do ("x^"), so it is never
  /// guessed: a text packed so has to be called so.
  kText,
  /// TFRecord. gzip's and zlib's first bytes can be the length of the first record; but then the
  /// CRC of the length follows (and no zlib stream has the four zeros of such a length).
  kRecords,
};

/// guess() needs at most this many bytes.
constexpr std::size_t kGuessBytes = 12;

/// What a file that begins with `head` is packed in; `head` has kGuessBytes bytes, or fewer if the
/// file has no more or needs_more() says that they are enough. Never kAuto.
Format guess(std::string_view head, Content content);

/// True if guess() might answer otherwise with more bytes than `head`.
bool needs_more(std::string_view head);

}  // namespace alinktf::gzip
