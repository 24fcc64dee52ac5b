#include "base/assert.hpp"

#include <cstdio>
#include <cstdlib>

namespace alinktf {

void assertion_failed(const char* condition, const char* file, int line) {
  std::fprintf(stderr, "alinktf: internal error: %s:%d: %s\n", file, line, condition);
  std::abort();
}

}  // namespace alinktf
