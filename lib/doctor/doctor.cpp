#include "doctor/doctor.hpp"

#include "doctor/machine.hpp"
#include "doctor/pythons.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <iterator>

namespace alinktf::doctor {

namespace {

std::string_view name_of(Verdict verdict) {
  return verdict == Verdict::kGood ? "good" : verdict == Verdict::kNote ? "note" : "problem";
}

}  // namespace

Findings examine(const Surroundings& surroundings) {
  Findings all = examine_machine();
  for (Findings part : {examine_folders(surroundings), examine_pythons(surroundings)}) {
    std::move(part.begin(), part.end(), std::back_inserter(all));
  }
  return all;
}

std::string to_text(const Findings& findings) {
  std::string text;
  for (const Finding& finding : findings) {
    text += fmt::format("{:<8} {:<12} {}\n", name_of(finding.verdict), finding.what, finding.found);
    if (!finding.fix.empty()) {
      text += fmt::format("{:<22}fix: {}\n", "", finding.fix);
    }
  }
  const std::size_t count = problems(findings);
  text += count == 0   ? "\nno problem found\n"
          : count == 1 ? "\n1 problem found\n"
                       : fmt::format("\n{} problems found\n", count);
  return text;
}

std::string to_json(const Findings& findings) {
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  for (const Finding& finding : findings) {
    list.push_back({{"verdict", name_of(finding.verdict)},
                    {"what", finding.what},
                    {"found", finding.found},
                    {"fix", finding.fix}});
  }
  const nlohmann::ordered_json all = {{"problems", problems(findings)}, {"findings", list}};
  return all.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + '\n';
}

std::size_t problems(const Findings& findings) {
  return static_cast<std::size_t>(
      std::count_if(findings.begin(), findings.end(), [](const Finding& finding) {
        return finding.verdict == Verdict::kProblem;
      }));
}

}  // namespace alinktf::doctor
