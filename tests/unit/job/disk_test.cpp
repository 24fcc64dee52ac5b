#include "job/disk.hpp"

#include "unit/result.hpp"
#include "unit/sys/scratch.hpp"

#include <catch2/catch.hpp>

namespace alinktf::job {
namespace {

using Catch::Contains;

Plan generated(std::int64_t rows,
               spec::Component component = spec::Component::kTensorFlow2BatchOp) {
  Plan plan;
  plan.job.component = component;
  plan.job.input.format = spec::Format::kRandom;
  plan.job.input.num_rows = rows;
  plan.job.input.num_cols = 4;
  return plan;
}

DiskNeed need_of(std::uint64_t bytes, bool exact) {
  return {.folder = "/scratch/work",
          .space = {.mount = "/scratch", .free_bytes = 800, .in_memory = false},
          .bytes = bytes,
          .exact = exact};
}

constexpr std::int64_t kEndless = 1'000'000'000'000'000;

TEST_CASE("What is known exactly must fit, and an estimate may be an eighth too high",
          "[job][disk]") {
  take(check_fits(need_of(800, true)));
  CHECK_THAT(failure(check_fits(need_of(801, true)), ErrorCode::kInternal),
             Contains("'/scratch/work'") && Contains("'/scratch' has 1 KiB free") &&
                 Contains("--work-dir") && !Contains("about"));
  take(check_fits(need_of(900, false)));
  CHECK_THAT(failure(check_fits(need_of(1000, false)), ErrorCode::kInternal), Contains("about"));
  DiskNeed unknown = need_of(0, false);
  unknown.bytes.reset();
  take(check_fits(unknown));
}

TEST_CASE("Batch and train components spool their rows, stream components do not", "[job][disk]") {
  const sys::Scratch scratch;
  const std::string folder = scratch / ".";
  CHECK(take(disk_need(generated(1000), folder)).bytes.value_or(0) > 50'000);
  CHECK(take(disk_need(generated(1000, spec::Component::kTF2TableModelTrainBatchOp), folder))
            .bytes.value_or(0) > 50'000);
  CHECK(take(disk_need(generated(1000, spec::Component::kTensorFlow2StreamOp), folder)).bytes ==
        std::optional<std::uint64_t>(0));
}

TEST_CASE("Tables for every task are counted too", "[job][disk]") {
  const sys::Scratch scratch;
  Plan plan = generated(0);
  spec::InputSpec table;
  table.file_paths = {scratch.write("table.csv", std::string(3000, 'x'))};
  plan.job.broadcast_inputs = {table};
  CHECK(take(disk_need(plan, scratch / ".")).bytes == std::optional<std::uint64_t>(3000));
}

TEST_CASE("A job that cannot fit is refused before it starts", "[job][disk]") {
  const sys::Scratch scratch;
  take(check_disk(generated(1000), scratch / "."));
  CHECK_THAT(failure(check_disk(generated(kEndless), scratch / "."), ErrorCode::kInternal),
             Contains("the rows will take about") && Contains("free"));
  take(check_disk(generated(kEndless, spec::Component::kTensorFlow2StreamOp), scratch / "."));
}

TEST_CASE("An input that cannot be read is left to the job to tell of", "[job][disk]") {
  const sys::Scratch scratch;
  Plan plan;
  plan.job.input.file_paths = {scratch / "none.csv"};
  take(check_disk(plan, scratch / "."));
}

}  // namespace
}  // namespace alinktf::job
