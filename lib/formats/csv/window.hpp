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

  /// The source is taken to end with `row_delimiter`: it is added if it is missing there.
  Window(std::unique_ptr<ByteSource> source, std::string row_delimiter)
      : source_(std::move(source)), row_delimiter_(std::move(row_delimiter)) {}

  /// Mutable, because texts are freed of their quotes in place.
  [[nodiscard]] char* begin() { return bytes_.data() + begin_; }
  [[nodiscard]] const char* begin() const { return bytes_.data() + begin_; }
  [[nodiscard]] const char* end() const { return bytes_.data() + bytes_.size(); }
  [[nodiscard]] std::size_t size() const { return bytes_.size() - begin_; }
  /// True if nothing comes after end().
  [[nodiscard]] bool is_last() const { return is_last_; }
  [[nodiscard]] const std::string& name() const { return source_->name(); }
  [[nodiscard]] bool ready() const { return is_last_ || source_->ready(); }

  /// The bytes before `at` are done with.
  void advance_to(const char* at) { begin_ = static_cast<std::size_t>(at - bytes_.data()); }

  /// Read more behind end(), or find that there is no more. Blocks; moves the bytes. kInput if the
  /// source cannot be read.
  Result<void> refill();

 private:
  std::unique_ptr<ByteSource> source_;
  std::string row_delimiter_;
  Buffer bytes_;
  std::size_t begin_ = 0;
  bool is_last_ = false;
};

}  // namespace alinktf::csv
