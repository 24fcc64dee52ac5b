#include "job/input_share.hpp"

#include "source/size.hpp"
#include "sys/file_source.hpp"

#include <algorithm>

namespace alinktf::job {

namespace {

/// Of the input and the broadcast inputs; errors are those that reading will tell.
std::optional<std::uint64_t> all_bytes(const spec::JobSpec& job) {
  const auto bytes_of = [](const spec::InputSpec& input) {
    const auto bytes = source::file_bytes(input);
    return bytes.ok() ? bytes.value() : std::nullopt;
  };
  auto all = bytes_of(job.input);
  for (const spec::InputSpec& input : job.broadcast_inputs) {
    all = all ? std::optional(*all + bytes_of(input).value_or(0)) : std::nullopt;
  }
  return all;
}

}  // namespace

InputShare::InputShare(const spec::JobSpec& job)
    : bytes_(all_bytes(job)), bytes_before_(sys::FileSource::bytes_read()) {
  if (job.input.format == spec::Format::kRandom) {
    rows_ = static_cast<std::uint64_t>(job.input.num_rows);
  }
}

std::optional<double> InputShare::now(std::uint64_t rows) const {
  const auto& whole = rows_ ? rows_ : bytes_;
  if (!whole || *whole == 0) {
    return std::nullopt;
  }
  const std::uint64_t done = rows_ ? rows : sys::FileSource::bytes_read() - bytes_before_;
  return std::min(1.0, static_cast<double>(done) / static_cast<double>(*whole));
}

}  // namespace alinktf::job
