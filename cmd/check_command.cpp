#include "base/secrets.hpp"
#include "cmd/commands.hpp"
#include "cmd/surroundings.hpp"
#include "job/check.hpp"

#include <cstdio>

namespace alinktf::cmd {

namespace {

Result<job::CheckReport> examine(const Options& options) {
  const auto surroundings = read_surroundings(options);
  ALINKTF_ASSIGN_OR_RETURN(auto plan, load_plan(options, surroundings));
  return job::examine(std::move(plan), surroundings);
}

void print(const std::string& text) {
  std::fputs(mask_secrets(text).c_str(), stdout);
}

}  // namespace

int check(const Options& options) {
  const auto found = examine(options);
  if (!found.ok()) {
    if (options.json) {
      print(job::problems_json(found.error()));
    }
    return report(found.error());
  }
  print(options.json ? job::to_json(found.value()) : job::to_text(found.value()));
  return 0;
}

}  // namespace alinktf::cmd
