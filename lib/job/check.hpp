// alinktf check: the plan for people and programs, nothing started.
#pragma once

#include "base/result.hpp"
#include "job/check_predict.hpp"
#include "job/disk.hpp"
#include "job/plan.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace alinktf::job {

/// How a script parses the feature of a column.
struct FeaturePlan {
  table::Column column;
  bool fixed = true;                ///< FixedLenFeature; else VarLenFeature
  std::vector<std::int64_t> shape;  ///< of a fixed one
  std::string_view dtype;           ///< "int64"
  std::string note;                 ///< behind the column's type, for people
};

struct TaskPlan {
  std::string name;       ///< "worker:0"
  std::string tf_config;  ///< with PORT for each port
};

/// What a job would do, as far as that can be known without starting anything.
struct CheckReport {
  Plan plan;
  std::vector<TaskPlan> tasks;  ///< none in predictions
  /// Nothing: nobody looks into the records, or a pipe has to bring rows first.
  std::optional<std::vector<FeaturePlan>> features;
  table::Schema output;
  std::optional<PredictionPlan> prediction;
  DiskNeed disk;
};

/// Find out what the job would do, and everything that can be found wrong without starting it:
/// files, columns, values at the beginning of the input, the output, ports, the room for what is
/// spooled. Pipes are not read. kInput, kOutput, kSpec as the job itself; kInternal for what the
/// machine does not have.
Result<CheckReport> examine(Plan plan, const Surroundings& surroundings);

/// As lines for people, with a feature spec to paste.
std::string to_text(const CheckReport& report);

/// One JSON object; docs/check.md names every member.
std::string to_json(const CheckReport& report);

/// The same object of a job that has an error: its lines, and nothing else.
std::string problems_json(const Error& error);

}  // namespace alinktf::job
