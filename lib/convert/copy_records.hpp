// TFRecord files to TFRecord files, record by record, as they are.
#pragma once

#include "base/result.hpp"
#include "convert/convert.hpp"
#include "spec/job_spec.hpp"

namespace alinktf::convert {

/// True if the records of `job` need not be looked into: TFRecord to one TFRecord file, without
/// columns that are chosen or checked.
bool copies_records(const spec::JobSpec& job);

/// convert() of such a job. The CRCs of all records are checked; what is packed may be packed
/// otherwise.
Result<Counts> copy_records(const spec::JobSpec& job, int cancel_fd, Progress& progress);

}  // namespace alinktf::convert
