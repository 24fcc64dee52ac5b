#include "formats/java_random/normal.hpp"

#include <catch2/catch.hpp>

#include <cmath>
#include <limits>

namespace alinktf::java_random {
namespace {

void check(double p, double x) {
  CAPTURE(p);
  CHECK(inverse_normal(p) == Approx(x).epsilon(2e-15));
}

TEST_CASE("Quantiles of the normal distribution are exact", "[java_random][normal]") {
  CHECK(inverse_normal(0.5) == 0);
  check(0.6, 0.2533471031357998);
  check(0.74, 0.6433454053929168);
  check(0.75, 0.6744897501960817);
  check(0.76, 0.7063025628400875);
  check(0.9, 1.2815515655446008);
  check(0.975, 1.9599639845400536);
  check(0.01, -2.3263478740408408);
  check(1e-10, -6.361340902404056);
  check(1e-16, -8.222082216130435);
}

TEST_CASE("Quantiles are symmetric and ascend", "[java_random][normal]") {
  double last = -std::numeric_limits<double>::infinity();
  for (int i = 1; i < 4096; ++i) {
    const double p = i / 4096.0;
    REQUIRE(inverse_normal(p) == -inverse_normal(1 - p));
    REQUIRE(inverse_normal(p) > last);
    last = inverse_normal(p);
  }
}

TEST_CASE("The ends of the normal distribution are infinite", "[java_random][normal]") {
  CHECK(inverse_normal(0) == -std::numeric_limits<double>::infinity());
  CHECK(inverse_normal(1) == std::numeric_limits<double>::infinity());
  CHECK(std::isfinite(inverse_normal(1 - 0x1p-53)));
}

}  // namespace
}  // namespace alinktf::java_random
