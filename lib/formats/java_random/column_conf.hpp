// What the columns of a generated table hold: the text of `outputColConfs`.
#pragma once

#include "base/result.hpp"
#include "formats/java_random/random.hpp"
#include "table/row_block.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace alinktf::java_random {

/// How the numbers of a column are spread, and how many of them are null.
struct Distribution {
  enum class Kind {
    kUniform,      ///< a + (b - a) u, u a draw from [0, 1)
    kUniformOpen,  ///< the same without a
    kGauss,        ///< mean a, variance b, by the inverse of the distribution at one draw
    kWeightSet,    ///< one of `values` by their weights
    kPoisson,      ///< mean a, by products of draws (Knuth), one more draw than the number drawn
  };

  Kind kind = Kind::kUniform;
  double a = 0;
  double b = 1;                   ///< kGauss: the standard deviation
  std::vector<double> values{};   ///< kWeightSet
  std::vector<double> up_to{};    ///< kWeightSet: the share of `values` up to and with each
  std::optional<double> nullper;  ///< null if one draw before the value's is not above this

  /// The next cell: draws from `random` in Alink's order.
  [[nodiscard]] table::Cell draw(JavaRandom& random) const;
};

struct RandomColumnConf {
  std::string column;
  std::size_t at = 0;  ///< where in the text it stands, in characters from 1
  Distribution distribution;
};

/// Parse "col0:uniform(-1,1);col1:gauss(0,4,nullper=0.1)": columns with one of uniform(a,b),
/// uniform_open(a,b), gauss(mean,variance), weight_set(v1,w1,v2,w2,…), poisson(lambda), each with
/// nullper=x after its arguments if some cells are to be null. kSpec naming the column and the
/// place in the text for what is not understood, a number out of range, or a column that stands
/// twice. Empty text: nothing.
Result<std::vector<RandomColumnConf>> parse_col_confs(std::string_view text);

}  // namespace alinktf::java_random
