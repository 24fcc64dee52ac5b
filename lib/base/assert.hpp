// Broken invariants end the program, in every build type. Never reachable from input.
#pragma once

namespace alinktf {

[[noreturn]] void assertion_failed(const char* condition, const char* file, int line);

}  // namespace alinktf

#define ALINKTF_ASSERT(condition)                                  \
  do {                                                             \
    if (!(condition)) {                                            \
      ::alinktf::assertion_failed(#condition, __FILE__, __LINE__); \
    }                                                              \
  } while (false)
