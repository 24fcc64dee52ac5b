// Bytes of a log pipe to lines.
#pragma once

#include <functional>
#include <string>
#include <string_view>

namespace alinktf::worker {

/// Cuts bytes into lines and hands each on without its newline; bytes that are no UTF-8 pass as
/// they are. A line longer than 1 MiB is handed on in pieces, so memory stays bounded.
class LineSplitter {
 public:
  using Handler = std::function<void(std::string_view line)>;

  explicit LineSplitter(Handler handler) : handler_(std::move(handler)) {}

  void add(std::string_view bytes);
  /// The pipe has ended: hand on a last line without newline.
  void finish();

 private:
  static constexpr std::size_t kLongestLine = 1U << 20U;

  Handler handler_;
  std::string partial_;
  bool cut_ = false;  ///< Pieces of the line that has begun are handed on already.
};

}  // namespace alinktf::worker
