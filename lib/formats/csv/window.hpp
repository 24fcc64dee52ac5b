// The stretch of a CSV input that is in memory.
#pragma once

#include "base/byte_source.hpp"
#include "base/bytes.hpp"
#include "base/result.hpp"

#include <memory>
#include <string>
#include <string_view>

namespace alinktf::csv {

/// Bytes of a source from the start of the current row on. Behind end() lie kPadding zero bytes,
/// so that numbers and words can be read without looking for the end first.
class Window {
 public:
  static constexpr std::size_t kPadding = 32;
  static constexpr std::size_t kReadBytes = std::size_t{1} << 16U;

  /// The source is taken to end with `row_delimiter`: it is added if it is missing there.
  Window(std::unique_ptr<ByteSource> source, std::string row_delimiter)
      : source_(std::move(source)), row_delimiter_(std::move(row_delimiter)) {}

  /// A window on texts that are in memory already, and empty before the first exchange().
  explicit Window(std::string row_delimiter)
      : row_delimiter_(std::move(row_delimiter)), is_last_(true) {}

  /// Mutable, because texts are freed of their quotes in place.
  [[nodiscard]] char* begin() { return bytes_.data() + begin_; }
  [[nodiscard]] const char* begin() const { return bytes_.data() + begin_; }
  [[nodiscard]] const char* end() const { return bytes_.data() + bytes_.size(); }
  [[nodiscard]] std::size_t size() const { return bytes_.size() - begin_; }
  /// True if nothing comes after end().
  [[nodiscard]] bool is_last() const { return is_last_; }
  [[nodiscard]] bool ready() const { return is_last_ || source_->ready(); }

  /// The bytes before `at` are done with.
  void advance_to(const char* at) { begin_ = static_cast<std::size_t>(at - bytes_.data()); }

  /// Read up to `most` more bytes behind end(), or find that there is no more. Blocks; moves the
  /// bytes. kInput if the source cannot be read.
  Result<void> refill(std::size_t most = kReadBytes);

  /// Move the first `size` bytes out, into `piece`. The rest goes on in the storage of `piece`.
  void split_off(std::size_t size, Buffer& piece);

  /// Make `bytes` all there is, without copying them; returns the storage of those before.
  Buffer exchange(Buffer bytes);

 private:
  /// Nothing comes after the bytes.
  void finish();
  void pad();

  std::unique_ptr<ByteSource> source_;
  std::string row_delimiter_;
  Buffer bytes_;
  std::size_t begin_ = 0;
  bool is_last_ = false;
};

}  // namespace alinktf::csv
