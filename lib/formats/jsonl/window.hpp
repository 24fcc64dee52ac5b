// The stretch of a JSON lines input that is in memory.
#pragma once

#include "base/byte_source.hpp"
#include "base/bytes.hpp"
#include "base/result.hpp"

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace alinktf::jsonl {

/// A line without its end. `end` points to the line feed behind it, and Window::kPadding bytes or
/// more that can be read follow. Mutable, because texts are freed of their escapes in place.
struct Line {
  char* begin = nullptr;
  char* end = nullptr;

  [[nodiscard]] std::string_view text() const {
    return {begin, static_cast<std::size_t>(end - begin)};
  }
};

/// Whole lines of a source. Behind the bytes lie kPadding zero bytes, so that numbers and words can
/// be read without looking for the end first.
class Window {
 public:
  static constexpr std::size_t kPadding = 32;

  explicit Window(std::unique_ptr<ByteSource> source) : source_(std::move(source)) {}

  /// The next line, if all of it is in memory.
  std::optional<Line> next();
  /// True if next() would find a line.
  [[nodiscard]] bool has_line() const;

  /// Read more, or find that there is no more: false then. Blocks; moves the bytes of the lines.
  /// kInput if the source cannot be read.
  Result<bool> refill();

  /// How many bytes of the next line are there.
  [[nodiscard]] std::size_t size() const { return bytes_.size() - begin_; }
  [[nodiscard]] const std::string& name() const { return source_->name(); }
  [[nodiscard]] bool ready() const { return is_last_ || source_->ready(); }

 private:
  std::unique_ptr<ByteSource> source_;
  Buffer bytes_;
  std::size_t begin_ = 0;
  mutable std::size_t searched_ = 0;  ///< No line feed lies before this offset, from begin_ on.
  bool is_last_ = false;
};

}  // namespace alinktf::jsonl
