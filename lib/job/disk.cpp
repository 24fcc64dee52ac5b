#include "job/disk.hpp"

#include "base/text.hpp"
#include "source/size.hpp"
#include "spec/component.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace alinktf::job {

namespace {

/// Records are rarely more than so many times as large as what they are read from.
constexpr std::uint64_t kMostGrowth = 64;
constexpr std::uint64_t kMostCell = 256;  ///< bytes of a generated value with its name

bool spools(const Plan& plan) {
  const spec::Family family = spec::family_of(plan.job.component);
  return family == spec::Family::kBatch || family == spec::Family::kTrain;
}

/// a * b, or the largest number if that is too large.
std::uint64_t times(std::uint64_t a, std::uint64_t b) {
  std::uint64_t product = 0;
  return __builtin_mul_overflow(a, b, &product) ? UINT64_MAX : product;
}

/// More than the records of `input` take, without reading it; nothing if it is a pipe.
Result<std::optional<std::uint64_t>> most_bytes(const spec::InputSpec& input) {
  if (input.format == spec::Format::kRandom) {
    const auto columns = std::max(static_cast<std::uint64_t>(input.num_cols),
                                  std::uint64_t{input.output_cols.size()});
    return std::optional(
        times(times(static_cast<std::uint64_t>(input.num_rows), columns + 1), kMostCell));
  }
  ALINKTF_ASSIGN_OR_RETURN(const auto bytes, source::file_bytes(input));
  return bytes ? std::optional(times(*bytes, kMostGrowth)) : bytes;
}

/// True if whatever the job spools fits, or nobody can tell.
Result<bool> is_plenty(const Plan& plan, std::uint64_t free_bytes) {
  ALINKTF_ASSIGN_OR_RETURN(const auto records, most_bytes(plan.job.input));
  std::uint64_t all = records.value_or(0);
  for (const spec::InputSpec& input : plan.job.broadcast_inputs) {
    ALINKTF_ASSIGN_OR_RETURN(const auto bytes, most_bytes(input));
    all += std::min(bytes.value_or(0), UINT64_MAX - all);
  }
  return all <= free_bytes;
}

}  // namespace

Result<DiskNeed> disk_need(const Plan& plan, const std::string& folder) {
  ALINKTF_ASSIGN_OR_RETURN(sys::DiskSpace space,
                           sys::disk_space(folder).context([] { return "work dir"; }));
  DiskNeed need{.folder = folder, .space = std::move(space), .bytes = 0, .exact = true};
  if (!spools(plan)) {
    return need;
  }
  ALINKTF_ASSIGN_OR_RETURN(const auto records, source::record_bytes(plan.job));
  need.bytes = records ? std::optional(records->bytes) : std::nullopt;
  need.exact = records && records->exact;
  for (const spec::InputSpec& input : plan.job.broadcast_inputs) {
    ALINKTF_ASSIGN_OR_RETURN(const auto bytes, source::file_bytes(input));
    need.exact = false;  // their texts are another form of what is in the files
    if (need.bytes) {
      *need.bytes += bytes.value_or(0);
    }
  }
  return need;
}

Result<void> check_fits(const DiskNeed& need) {
  const std::uint64_t bytes = need.bytes.value_or(0);
  if ((need.exact ? bytes : bytes - bytes / 8) <= need.space.free_bytes) {
    return {};
  }
  return Error(
      ErrorCode::kInternal,
      fmt::format("work dir: the rows will take {}{} below {}, and its file system at {} has {} "
                  "free{}; name a folder on a larger one with --work-dir or TMPDIR, make room, or "
                  "use a stream component, which puts no rows aside",
                  need.exact ? "" : "about ",
                  sys::bytes_text(bytes),
                  quote(need.folder),
                  quote(need.space.mount),
                  sys::bytes_text(need.space.free_bytes),
                  need.space.in_memory ? ", which is memory" : ""));
}

Result<void> check_disk(const Plan& plan, const std::string& folder) {
  if (!spools(plan)) {
    return {};
  }
  ALINKTF_ASSIGN_OR_RETURN(const sys::DiskSpace space, sys::disk_space(folder));
  const auto plenty = is_plenty(plan, space.free_bytes);
  if (!plenty.ok() || plenty.value()) {
    return {};
  }
  const auto need = disk_need(plan, folder);
  return need.ok() ? check_fits(need.value()) : Result<void>();
}

}  // namespace alinktf::job
