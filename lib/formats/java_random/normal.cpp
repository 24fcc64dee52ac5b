#include "formats/java_random/normal.hpp"

#include <cmath>
#include <limits>
#include <numbers>

namespace alinktf::java_random {

namespace {

constexpr double kSqrt2 = std::numbers::sqrt2;
const double kSqrt2Pi = std::sqrt(2 * std::numbers::pi);

/// One step of Halley's method towards the root of f, where f' = -density(x) and f'' = x
/// density(x).
double halley(double x, double f) {
  const double r = f * kSqrt2Pi * std::exp(x * x / 2);
  return x + r / (1 - r * x / 2);
}

/// The x >= 0 that a normal number lies below with probability 0.5 + `d`, 0 <= d <= 0.25.
double from_centre(double d) {
  const double y = kSqrt2Pi * d;
  const double z = y * y;
  double x = y * (1 + z * (1.0 / 6 + z * 7.0 / 120));  // the Taylor series at 0
  for (int step = 0; step < 2; ++step) {
    x = halley(x, d - std::erf(x / kSqrt2) / 2);
  }
  return x;
}

/// The x > 0 that a normal number exceeds with probability `t`, 0 < t < 0.25.
double from_tail(double t) {
  // Abramowitz and Stegun, Handbook of Mathematical Functions, 26.2.23: good to 4.5e-4.
  const double s = std::sqrt(-2 * std::log(t));
  double x = s - (2.515517 + s * (0.802853 + s * 0.010328)) /
                     (1 + s * (1.432788 + s * (0.189269 + s * 0.001308)));
  for (int step = 0; step < 2; ++step) {  // each triples the correct digits
    x = halley(x, std::erfc(x / kSqrt2) / 2 - t);
  }
  return x;
}

}  // namespace

double inverse_normal(double p) {
  constexpr double kQuarter = 0.25;
  const bool below = p < 0.5;
  const double tail = below ? p : 1 - p;
  if (tail <= 0) {
    return below ? -std::numeric_limits<double>::infinity()
                 : std::numeric_limits<double>::infinity();
  }
  const double x = tail < kQuarter ? from_tail(tail) : from_centre(0.5 - tail);
  return below ? -x : x;
}

}  // namespace alinktf::java_random
