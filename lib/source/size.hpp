// How large the records of an input will be.
#pragma once

#include "base/result.hpp"
#include "spec/job_spec.hpp"

#include <cstdint>
#include <optional>

namespace alinktf::source {

struct RecordBytes {
  std::uint64_t bytes = 0;
  bool exact = false;  ///< false: what the beginning of the input lets expect of the whole
};

/// Bytes of the input's files as they lie on the disk; nothing for pipes, and for what has no
/// files. kInput as expand_files().
Result<std::optional<std::uint64_t>> file_bytes(const spec::InputSpec& input);

/// Bytes of all records that the job's input becomes, as framed in a TFRecord file: from up to
/// 4 MiB of its beginning. Nothing if that cannot be told, as of a pipe. Errors as reading that
/// beginning, but for rows that onBadRow lets pass.
Result<std::optional<RecordBytes>> record_bytes(const spec::JobSpec& job);

}  // namespace alinktf::source
