#include "formats/java_random/column_conf.hpp"
#include "formats/java_random/normal.hpp"

#include <algorithm>
#include <cmath>

namespace alinktf::java_random {

namespace {

double open_draw(JavaRandom& random) {
  double u = random.next_double();
  while (u == 0) {
    u = random.next_double();
  }
  return u;
}

double poisson(double lambda, JavaRandom& random) {
  const double limit = std::exp(-lambda);
  double count = 0;
  double product = random.next_double();
  while (product > limit) {
    product *= random.next_double();
    ++count;
  }
  return count;
}

double value(const Distribution& distribution, JavaRandom& random) {
  const double a = distribution.a;
  const double b = distribution.b;
  switch (distribution.kind) {
    case Distribution::Kind::kUniform:
      return a + (b - a) * random.next_double();
    case Distribution::Kind::kUniformOpen:
      return a + (b - a) * open_draw(random);
    case Distribution::Kind::kGauss:
      return a + b * inverse_normal(open_draw(random));
    case Distribution::Kind::kWeightSet: {
      const auto& up_to = distribution.up_to;
      const auto found = std::upper_bound(up_to.begin(), up_to.end() - 1, random.next_double());
      return distribution.values[static_cast<std::size_t>(found - up_to.begin())];
    }
    case Distribution::Kind::kPoisson:
      return poisson(a, random);
  }
  return 0;
}

}  // namespace

table::Cell Distribution::draw(JavaRandom& random) const {
  if (nullper && random.next_double() <= *nullper) {
    return table::Cell::of_null();
  }
  return table::Cell::of_real(value(*this, random));
}

}  // namespace alinktf::java_random
