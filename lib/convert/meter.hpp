// How far a pass over a file is, for a person who waits.
#pragma once

#include "convert/convert.hpp"
#include "spec/job_spec.hpp"

#include <chrono>
#include <cstdint>
#include <optional>

namespace alinktf::convert {

/// Bytes of all files of `input` as they lie on the disk; nothing if one of them is no regular file
/// or cannot be looked at.
std::optional<std::uint64_t> input_bytes(const spec::InputSpec& input);

/// A line on a terminal that is redrawn when tick() is called, a message every 30 s elsewhere. The
/// line goes with this object.
class Meter {
 public:
  /// `total` are the bytes to read. With `shown` false it says nothing.
  Meter(const Progress& progress, std::optional<std::uint64_t> total, bool shown);
  Meter(const Meter&) = delete;
  Meter& operator=(const Meter&) = delete;
  Meter(Meter&&) = delete;
  Meter& operator=(Meter&&) = delete;
  ~Meter() { hide(); }

  void tick();
  /// Take the line away until the next tick().
  void hide() const;

 private:
  using Clock = std::chrono::steady_clock;

  const Progress& progress_;
  std::optional<std::uint64_t> total_;
  bool shown_;
  std::uint64_t bytes_before_;
  Clock::time_point began_ = Clock::now();
  Clock::time_point last_ = began_;
  std::uint64_t last_rows_ = 0;
  double rate_ = 0;
};

}  // namespace alinktf::convert
