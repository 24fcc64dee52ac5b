#include "base/secrets.hpp"
#include "cmd/commands.hpp"
#include "cmd/surroundings.hpp"
#include "job/check.hpp"

#include <cstdio>

namespace alinktf::cmd {

int check(const Options& options) {
  const auto surroundings = read_surroundings(options);
  const auto plan = load_plan(options, surroundings);
  if (!plan.ok()) {
    return report(plan.error());
  }
  const auto text = job::describe(plan.value());
  if (!text.ok()) {
    return report(text.error());
  }
  std::fputs(mask_secrets(text.value()).c_str(), stdout);
  return 0;
}

}  // namespace alinktf::cmd
