// Whether what a job puts aside fits on the disk.
#pragma once

#include "base/result.hpp"
#include "job/plan.hpp"
#include "sys/disk_space.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace alinktf::job {

/// What the tasks of a job write below their work dirs before their script runs.
struct DiskNeed {
  std::string folder;    ///< below which the work dir is made
  sys::DiskSpace space;  ///< of its file system
  /// Of the records and the tables of broadcastInputs; nothing: not known, as of a pipe. User files
  /// from archives and from the web are not in it, nor is what scripts write.
  std::optional<std::uint64_t> bytes;
  bool exact = false;  ///< false: what the beginning of the input lets expect
};

/// What batch and train components spool; 0 for others, which put nothing aside beforehand. Reads
/// the beginning of the input. `folder` is absolute and exists. Errors as
/// source::record_bytes() and sys::disk_space().
Result<DiskNeed> disk_need(const Plan& plan, const std::string& folder);

/// kInternal if it cannot fit: what is exact by a byte, what is estimated by an eighth.
Result<void> check_fits(const DiskNeed& need);

/// Both, for a job that is about to start: reads nothing where there is plenty of room, and leaves
/// it to the job to say what is wrong with its input.
Result<void> check_disk(const Plan& plan, const std::string& folder);

}  // namespace alinktf::job
