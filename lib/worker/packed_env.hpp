// Python environments that come as an archive, made by conda-pack or venv-pack.
#pragma once

#include "base/result.hpp"
#include "sys/interruption.hpp"

#include <optional>
#include <string>
#include <vector>

namespace alinktf::worker {

/// The folder for what is in `archive`, below the user's cache directory `cache`:
/// alinktf/python-envs/<hash>, by the archive's path, size and time, since reading gigabytes before
/// each run would take longer than all else. kSpec if there is no cache directory or no archive.
Result<std::string> packed_env_folder(const std::string& archive, const std::string& cache);

/// The environment's own folder in `folder`, once it has been unpacked there as a whole; nothing
/// before. It is `folder`, or the only folder in it, as Alink wants it.
std::optional<std::string> unpacked_env(const std::string& folder);

/// Unpack `archive` into `folder` and run its bin/conda-unpack, if there is one, with the
/// environment variables `variables`. Jobs that do that at once wait for the first one; one that
/// was killed on the way is done again.
///
/// kSpec "archive …" if it is damaged or holds no bin/python; kInternal if `folder` cannot be
/// written; kSpec if conda-unpack fails; the error of `interruption`.
Result<void> unpack_env(const std::string& archive,
                        const std::string& folder,
                        const std::vector<std::string>& variables,
                        const sys::Interruption& interruption);

}  // namespace alinktf::worker
