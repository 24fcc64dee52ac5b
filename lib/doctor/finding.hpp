// What an examination of the machine found.
#pragma once

#include <string>
#include <vector>

namespace alinktf::doctor {

enum class Verdict {
  kGood,
  kNote,     ///< works, but the reader may want to know
  kProblem,  ///< jobs fail or cannot start until it is mended
};

struct Finding {
  Verdict verdict = Verdict::kGood;
  std::string what;      ///< a word or two: "memory"
  std::string found;     ///< what is there
  std::string fix = {};  ///< what to do; empty where there is nothing to do
};

using Findings = std::vector<Finding>;

}  // namespace alinktf::doctor
