#include "sink/split_output.hpp"

#include <string>
#include <utility>

namespace alinktf::sink {

Result<std::unique_ptr<Output>> SplitOutput::open(PartFiles files, std::size_t num_files) {
  for (std::size_t i = 1; i <= num_files; ++i) {
    ALINKTF_TRY(files.add(std::to_string(i)));
  }
  // The constructor is private, so std::make_unique cannot call it.
  return std::unique_ptr<Output>(new SplitOutput(std::move(files)));
}

Result<void> SplitOutput::append(std::span<const table::Cell> row) {
  const std::size_t part = next_;
  next_ = next_ + 1 == files_.count() ? 0 : next_ + 1;
  return files_.append(part, row);
}

}  // namespace alinktf::sink
