// What fuzz targets share: the property that must hold, and choices taken from the input.
#pragma once

#include "base/byte_source.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>

/// Called by libFuzzer with each input.
// NOLINTNEXTLINE(readability-identifier-naming): libFuzzer's name
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace alinktf::fuzz {

/// End the program, which makes the input a finding, unless `holds`.
inline void require(bool holds, std::string_view property) {
  if (!holds) {
    std::fprintf(stderr, "does not hold: %s\n", std::string(property).c_str());
    std::abort();
  }
}

/// The input: first bytes that choose, then the rest.
class Input {
 public:
  Input(const std::uint8_t* data, std::size_t size)
      : rest_(reinterpret_cast<const char*>(data), size) {}  // NOLINT

  /// The next byte, or 0 if there is none.
  std::uint8_t byte() {
    if (rest_.empty()) {
      return 0;
    }
    const auto value = static_cast<std::uint8_t>(rest_.front());
    rest_.remove_prefix(1);
    return value;
  }

  template <typename T, std::size_t kSize>
  const T& pick(const std::array<T, kSize>& choices) {
    return choices[byte() % kSize];
  }

  /// All up to `end`, which is dropped, or to the end of the input.
  std::string_view until(char end) {
    const std::string_view text = rest_.substr(0, rest_.find(end));
    rest_.remove_prefix(text.size() + (text.size() < rest_.size() ? 1 : 0));
    return text;
  }

  /// The next `size` bytes, or fewer if there are no more.
  std::string_view take(std::size_t size) {
    const std::string_view bytes = rest_.substr(0, size);
    rest_.remove_prefix(bytes.size());
    return bytes;
  }

  [[nodiscard]] std::string_view rest() const { return rest_; }

 private:
  std::string_view rest_;
};

inline std::unique_ptr<ByteSource> source_of(std::string_view bytes,
                                             std::size_t step = std::string::npos) {
  return std::make_unique<StringSource>(std::string(bytes), "input", step);
}

}  // namespace alinktf::fuzz
