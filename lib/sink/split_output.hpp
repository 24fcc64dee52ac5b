// Rows dealt out to several files.
#pragma once

#include "sink/output.hpp"
#include "sink/part_files.hpp"

#include <cstddef>

namespace alinktf::sink {

/// A directory of files 1 to N: row k, from 0, goes to file k mod N + 1.
class SplitOutput final : public Output {
 public:
  /// kOutput if there are more files than can be.
  static Result<std::unique_ptr<Output>> open(PartFiles files, std::size_t num_files);

  Result<void> append(std::span<const table::Cell> row) override;
  Result<void> finish() override { return files_.finish(); }

 private:
  explicit SplitOutput(PartFiles files) : files_(std::move(files)) {}

  PartFiles files_;
  std::size_t next_ = 0;
};

}  // namespace alinktf::sink
