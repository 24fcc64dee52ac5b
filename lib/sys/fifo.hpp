// FIFOs that wait for their reader.
#pragma once

#include "base/result.hpp"
#include "sys/fd.hpp"

#include <string>

namespace alinktf::sys {

/// Open the FIFO `path` for writing: waits until it has a reader, or INT, TERM or HUP is pending,
/// which the caller has blocked; empty then. kInternal with errno.
Result<Fd> open_fifo_for_writing(const std::string& path);

}  // namespace alinktf::sys
