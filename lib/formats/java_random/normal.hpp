// The inverse of the normal distribution.
#pragma once

namespace alinktf::java_random {

/// The x for which a standard normal number is below x with probability `p`; relative error about
/// 1e-15. -Infinity for 0, Infinity for 1.
double inverse_normal(double p);

}  // namespace alinktf::java_random
