// How much of its input a job has read.
#pragma once

#include "spec/job_spec.hpp"

#include <cstdint>
#include <optional>

namespace alinktf::job {

/// Knows how large the files of a job are, or how many rows are generated, and counts from its
/// construction on.
class InputShare {
 public:
  explicit InputShare(const spec::JobSpec& job);

  /// 0 to 1; nothing if nobody knows, as of a pipe. `rows` is how many have come from the input.
  [[nodiscard]] std::optional<double> now(std::uint64_t rows) const;

 private:
  std::optional<std::uint64_t> rows_;
  std::optional<std::uint64_t> bytes_;
  std::uint64_t bytes_before_;
};

}  // namespace alinktf::job
