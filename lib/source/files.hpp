// filePath and partitions: which files an input is made of, in which order.
#pragma once

#include "base/result.hpp"
#include "spec/job_spec.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace alinktf::source {

/// The order of files in a directory: byte by byte, but digits in a row compare as the number that
/// they are, so part-2 comes before part-10.
bool natural_less(std::string_view a, std::string_view b);

/// The files of `input`, in order. Entries of filePath keep their order; a pattern stands for what
/// it matches, a directory for all files below it, in natural order. Names that begin with "_" or
/// "." count only where they are spelled out. With partitions, just the files of those folders
/// below each directory.
///
/// kInput, naming the entry: nothing is there or matches, a directory without files, a file where
/// partitions ask for folders.
Result<std::vector<std::string>> expand_files(const spec::InputSpec& input);

}  // namespace alinktf::source
