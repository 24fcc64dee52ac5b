// What a run was: for people as a table, for programs as JSON.
#pragma once

#include "job/plan.hpp"
#include "job/run_job.hpp"

#include <chrono>
#include <string>
#include <vector>

namespace alinktf::job {

/// What the outcome does not know about its run.
struct ReportContext {
  std::string version;                    ///< of alinktf
  std::vector<std::string> command_line;  ///< the program's, as given
  std::string job_file;                   ///< its path; "-" is standard input
  std::chrono::system_clock::time_point started;
  std::chrono::milliseconds took{0};
  int exit_status = 0;
};

/// One JSON object: the job, what was run, the counts of Counts by their names, throughput, and of
/// every task its role, pid, times (seconds from the start of the run), rows, bytes, CPU and
/// memory. What did not happen is null. docs/report.md names every member.
std::string report_json(const Plan& plan, const Outcome& outcome, const ReportContext& context);

/// A line per task under a line of titles; of several attempts each under its number. Of a
/// prediction a line per engine. Empty if neither was started.
std::string report_table(const Outcome& outcome);

}  // namespace alinktf::job
