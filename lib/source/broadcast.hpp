// broadcastInputs: a whole table as a text file for each task.
#pragma once

#include "base/result.hpp"
#include "spec/job_spec.hpp"

#include <string>

namespace alinktf::source {

/// Write the rows of `input` to a new file at `path`, as Alink writes bc_data_1 and so on: the
/// fields of a row joined by one blank, "\n" behind each row, null as null, numbers in Java's
/// layout, vectors and tensors in Alink's text forms, VARBINARY in base64, nothing escaped.
/// `cancel_fd` becoming readable ends it soon, with kCancelled; -1 for none. kSpec, kInput as
/// open(); kInternal with the path if it cannot be written.
Result<void> write_broadcast(const spec::InputSpec& input, const std::string& path, int cancel_fd);

}  // namespace alinktf::source
