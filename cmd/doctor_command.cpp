#include "cmd/commands.hpp"
#include "cmd/exit_status.hpp"
#include "cmd/log_dir.hpp"
#include "cmd/surroundings.hpp"
#include "doctor/doctor.hpp"

#include <cstdio>

namespace alinktf::cmd {

int doctor(const Options& options) {
  const job::Surroundings around = read_surroundings(options);
  const doctor::Findings findings = doctor::examine({.python = around.python,
                                                     .work_dir_parent = around.work_dir_parent,
                                                     .log_parent = runs_folder(around.variable),
                                                     .cache_dir = around.cache_dir,
                                                     .environment = around.environment,
                                                     .variable = around.variable});
  const std::string text = options.json ? doctor::to_json(findings) : doctor::to_text(findings);
  std::fputs(text.c_str(), stdout);
  return doctor::problems(findings) == 0 ? 0 : exit_status(ErrorCode::kInternal);
}

}  // namespace alinktf::cmd
