// Where parsers get their bytes and writers put them: the seam between formats and the world.
#pragma once

#include "base/result.hpp"

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

namespace alinktf {

/// A stream of bytes to read once, front to back.
class ByteSource {
 public:
  ByteSource() = default;
  ByteSource(const ByteSource&) = delete;
  ByteSource& operator=(const ByteSource&) = delete;
  ByteSource(ByteSource&&) = delete;
  ByteSource& operator=(ByteSource&&) = delete;
  virtual ~ByteSource() = default;

  /// Read up to `size` (> 0) bytes into `to`. Blocks until at least one byte is there and returns
  /// what is there; 0 at the end. kInput if the source cannot be read.
  virtual Result<std::size_t> read(char* to, std::size_t size) = 0;

  /// How messages name this source, e.g. a file's path.
  [[nodiscard]] virtual const std::string& name() const = 0;

  /// True if read() would return at once: always for files, for pipes if bytes or their end are
  /// there.
  [[nodiscard]] virtual bool ready() const { return true; }
};

/// A ByteSource over bytes in memory. `step` limits one read, to test what happens at seams.
class StringSource final : public ByteSource {
 public:
  explicit StringSource(std::string bytes,
                        std::string name = "input",
                        std::size_t step = std::string::npos)
      : bytes_(std::move(bytes)), name_(std::move(name)), step_(step) {}

  Result<std::size_t> read(char* to, std::size_t size) override {
    return bytes_.copy(to, std::min(size, step_), std::exchange(offset_, next(size)));
  }
  [[nodiscard]] const std::string& name() const override { return name_; }

 private:
  [[nodiscard]] std::size_t next(std::size_t size) const {
    return std::min(bytes_.size(), offset_ + std::min({size, step_, bytes_.size() - offset_}));
  }

  std::string bytes_;
  std::string name_;
  std::size_t step_;
  std::size_t offset_ = 0;
};

}  // namespace alinktf
