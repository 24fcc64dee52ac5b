// java.util.Random, number for number.
#pragma once

#include <cstdint>

namespace alinktf::java_random {

/// The generator that the documentation of java.util.Random lays down: a 48-bit linear
/// congruential generator. The same seed gives the same numbers as in Java.
class JavaRandom {
 public:
  explicit JavaRandom(std::int64_t seed)
      : state_((static_cast<std::uint64_t>(seed) ^ kMultiplier) & kMask) {}

  /// The next `bits` (1 to 32) bits, as Java's int: sign-extended if bits is 32.
  std::int32_t next(unsigned bits) {
    state_ = (state_ * kMultiplier + 0xBU) & kMask;
    return static_cast<std::int32_t>(static_cast<std::uint32_t>(state_ >> (48U - bits)));
  }

  /// Any int, uniformly.
  std::int32_t next_int() { return next(32); }

  /// Uniform in [0, 1), a multiple of 2^-53.
  double next_double() {
    const std::int64_t high = static_cast<std::int64_t>(next(26)) << 27U;
    return static_cast<double>(high + next(27)) * 0x1.0p-53;
  }

 private:
  static constexpr std::uint64_t kMultiplier = 0x5DEECE66DU;
  static constexpr std::uint64_t kMask = (std::uint64_t{1} << 48U) - 1;

  std::uint64_t state_;
};

}  // namespace alinktf::java_random
