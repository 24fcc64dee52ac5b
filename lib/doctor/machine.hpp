// The parts of an examination that have to do with the machine.
#pragma once

#include "doctor/doctor.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace alinktf::doctor {

/// Kernel, processor, memory, limits and ports.
Findings examine_machine();

/// Where work dirs and logs go.
Findings examine_folders(const Surroundings& surroundings);

// The judgements, apart from where their facts come from.

Finding judge_kernel(bool has_pidfd, const std::string& release);

/// `flags` is the line of /proc/cpuinfo, "avx2 sse4_2 …"; `cores` those that we may use.
Finding judge_processor(std::string_view flags, unsigned cores);

/// All in bytes. `limit` is that of the control group; the largest number means none.
Finding judge_memory(std::uint64_t available, std::uint64_t limit);

/// `most` is the limit of open files.
Finding judge_descriptors(std::uint64_t most);

/// `most` is the smaller of the user's limit of processes and threads and that of the group.
Finding judge_processes(std::uint64_t most);

/// Bytes free in the folder `path`, where batch jobs spool their input.
Finding judge_space(const std::string& path, std::uint64_t free_bytes, bool in_memory);

}  // namespace alinktf::doctor
