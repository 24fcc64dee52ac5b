// Numbers to text, in Java's layout.
#pragma once

#include "base/bytes.hpp"

namespace alinktf::text_form {

/// Append `value` as java.lang.Double.toString lays it out: 1.0, 0.001, 1.0E-4, 1.0E7, NaN,
/// -Infinity. The digits are the fewest that read back as `value` (JDK 19 and later; older ones
/// print more for a few values).
void append_java_double(double value, Buffer& out);

/// The same for java.lang.Float.toString.
void append_java_float(float value, Buffer& out);

}  // namespace alinktf::text_form
