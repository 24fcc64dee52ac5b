#include "source/size.hpp"

#include "source/open.hpp"
#include "unit/result.hpp"
#include "unit/sys/scratch.hpp"

#include <catch2/catch.hpp>

#include <string>

#include <sys/stat.h>

namespace alinktf::source {
namespace {

spec::JobSpec csv_job(const std::string& path) {
  spec::JobSpec job;
  job.input.file_paths = {path};
  job.input.schema = take(table::parse_schema("id long, name string"));
  return job;
}

std::string lines(int count) {
  std::string text;
  for (int i = 0; i < count; ++i) {
    text += std::to_string(100'000 + i) + ",some text in row\n";
  }
  return text;
}

/// Bytes of all records that the workers of the job get.
std::uint64_t real_bytes(const spec::JobSpec& job) {
  const auto stream = take(open_records(job, -1));
  std::uint64_t bytes = 0;
  RecordBatch batch;
  do {
    take(stream->read(batch));
    bytes += batch.chunk.size() - batch.head_bytes();
  } while (!batch.empty());
  return bytes;
}

TEST_CASE("A small input is measured as a whole", "[source][size]") {
  const sys::Scratch scratch;
  const auto job = csv_job(scratch.write("in.csv", lines(1000)));
  const RecordBytes found = take(record_bytes(job)).value();
  CHECK(found.exact);
  CHECK(found.bytes == real_bytes(job));
}

TEST_CASE("Of a large input the beginning tells the size to a few per cent", "[source][size]") {
  const sys::Scratch scratch;
  auto job = csv_job(scratch.write("in.csv", lines(800'000)));
  for (const std::string where : {"", "id % 4 = 0"}) {
    CAPTURE(where);
    job.where = where;
    const RecordBytes found = take(record_bytes(job)).value();
    CHECK_FALSE(found.exact);
    CHECK(static_cast<double>(found.bytes) / static_cast<double>(real_bytes(job)) ==
          Approx(1).margin(0.1));
  }
}

TEST_CASE("Rows that a condition leaves out do not make the whole input be read",
          "[source][size]") {
  const sys::Scratch scratch;
  auto job = csv_job(scratch.write("in.csv", lines(800'000)));
  job.where = "id < 0";
  const RecordBytes found = take(record_bytes(job)).value();
  CHECK(found.bytes == 0);
  CHECK_FALSE(found.exact);
}

TEST_CASE("A generated table is measured by its first rows", "[source][size]") {
  spec::JobSpec job;
  job.input.format = spec::Format::kRandom;
  job.input.num_rows = 200'000;
  job.input.num_cols = 3;
  const RecordBytes found = take(record_bytes(job)).value();
  CHECK(static_cast<double>(found.bytes) / static_cast<double>(real_bytes(job)) ==
        Approx(1).margin(0.1));
}

TEST_CASE("Records that are passed on are as large as their files", "[source][size]") {
  const sys::Scratch scratch;
  spec::JobSpec job;
  job.input.format = spec::Format::kTfrecord;
  job.input.file_paths = {scratch.write("in.tfrecord", std::string(5000, '\0'))};
  const RecordBytes found = take(record_bytes(job)).value();
  CHECK(found.bytes == 5000);
  CHECK(found.exact);
}

TEST_CASE("The size of what a pipe will bring is not known", "[source][size]") {
  const sys::Scratch scratch;
  REQUIRE(::mkfifo((scratch / "pipe").c_str(), 0600) == 0);
  CHECK_FALSE(take(record_bytes(csv_job(scratch / "pipe"))).has_value());
}

TEST_CASE("Bad rows are errors unless the job lets them pass", "[source][size]") {
  const sys::Scratch scratch;
  auto job = csv_job(scratch.write("in.csv", "1,a\nx,b\n"));
  CHECK_THAT(failure(record_bytes(job), ErrorCode::kInput), Catch::Contains("line 2"));
  job.input.bad_rows.action = spec::BadRowSpec::Action::kSkip;
  CHECK(take(record_bytes(job)).value().exact);
}

}  // namespace
}  // namespace alinktf::source
