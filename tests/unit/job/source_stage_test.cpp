#include "job/source_stage.hpp"

#include "unit/job/bell.hpp"
#include "unit/result.hpp"
#include "unit/sys/scratch.hpp"

#include <catch2/catch.hpp>

#include <fcntl.h>
#include <sys/stat.h>

namespace alinktf::job {
namespace {

using Catch::Contains;

spec::JobSpec csv_job(const std::string& path, int workers) {
  spec::JobSpec job;
  job.input.file_paths = {path};
  job.input.schema = take(table::parse_schema("n long"));
  job.num_workers = workers;
  return job;
}

/// Let `job`'s source run to its end.
Result<FeedTotals> run(const spec::JobSpec& job) {
  Bell bell;
  Feed feed(static_cast<std::size_t>(job.num_workers), [&] { bell.ring(); });
  SourceStage source = take(SourceStage::create());
  source.start(job, {}, feed);
  bell.wait_until([&] { return feed.result().has_value(); });
  return *feed.result();
}

TEST_CASE("The whole input is dealt out and counted", "[job][source]") {
  const sys::Scratch scratch;
  auto job = csv_job(scratch.write("in.csv", "1\nx\n3\n4\n5\n6\n"), 2);
  job.input.bad_rows.action = spec::BadRowSpec::Action::kSkip;
  job.where = "n < 6";
  const FeedTotals totals = take(run(job));
  CHECK(totals.read.read == 6);
  CHECK(totals.read.skipped == 1);
  CHECK(totals.read.filtered == 1);
  CHECK(totals.split.rows == 4);
  CHECK(totals.split.sent == std::vector<std::uint64_t>{2, 2});
  CHECK(totals.tensor_types_json == "{}");
}

TEST_CASE("Tasks without rows need not wait for the end of rows without tensors", "[job][source]") {
  const sys::Scratch scratch;
  const std::string path = scratch / "pipe";
  REQUIRE(::mkfifo(path.c_str(), 0600) == 0);
  const sys::Fd writer = take(sys::Fd::open(path, O_RDWR | O_CLOEXEC));
  take(sys::write_all(writer.get(), "1\n2\n"));
  Bell bell;
  Feed feed(1, [&] { bell.ring(); });
  const auto job = csv_job(path, 1);
  SourceStage source = take(SourceStage::create());
  source.start(job, {}, feed);
  bell.wait_until([&] { return feed.others_released(); });
  CHECK_FALSE(feed.result().has_value());
}

TEST_CASE("Broadcast files are written before the first row", "[job][source]") {
  const sys::Scratch scratch;
  auto job = csv_job(scratch.write("in.csv", "1\n"), 1);
  job.broadcast_inputs.resize(2);
  for (auto& input : job.broadcast_inputs) {
    input.schema = take(table::parse_schema("id long, s string"));
  }
  job.broadcast_inputs[0].file_paths = {scratch.write("one.csv", "1,one two\n2,\n")};
  job.broadcast_inputs[1].file_paths = {scratch.write("two.csv", "3,x\n")};
  Bell bell;
  Feed feed(1, [&] { bell.ring(); });
  SourceStage source = take(SourceStage::create());
  source.start(job, {scratch / "bc_data_1", scratch / "bc_data_2"}, feed);
  bell.wait_until([&] { return feed.others_released(); });
  CHECK(sys::text_of(scratch / "bc_data_1") == "1 one two\n2 null\n");
  CHECK(sys::text_of(scratch / "bc_data_2") == "3 x\n");
}

TEST_CASE("A bad row of a broadcast input is the result of the source", "[job][source]") {
  const sys::Scratch scratch;
  auto job = csv_job(scratch.write("in.csv", "1\n"), 1);
  job.broadcast_inputs.push_back(job.input);
  job.broadcast_inputs[0].file_paths = {scratch.write("bc.csv", "1\nx\n")};
  Bell bell;
  Feed feed(1, [&] { bell.ring(); });
  SourceStage source = take(SourceStage::create());
  source.start(job, {scratch / "bc_data_1"}, feed);
  bell.wait_until([&] { return feed.result().has_value(); });
  CHECK_THAT(failure(*feed.result(), ErrorCode::kInput),
             Contains("broadcastInputs/0") && Contains("bc.csv"));
  CHECK_FALSE(feed.others_released());
}

TEST_CASE("A bad row is the result of the source", "[job][source]") {
  const sys::Scratch scratch;
  CHECK_THAT(failure(run(csv_job(scratch.write("in.csv", "1\nx\n"), 1)), ErrorCode::kInput),
             Contains("in.csv") && Contains("2"));
}

TEST_CASE("A source whose feed is full can be stopped", "[job][source]") {
  Bell bell;
  Feed feed(1, [&] { bell.ring(); });
  spec::JobSpec job;
  job.input.format = spec::Format::kRandom;
  job.input.num_rows = 1'000'000'000;
  job.input.num_cols = 4;
  SourceStage source = take(SourceStage::create());
  source.start(job, {}, feed);
  bell.wait_for(static_cast<int>(Feed::kDepth) + 1);  // once that the others may start
  source.stop();
  REQUIRE(feed.result().has_value());
  CHECK(feed.result()->error().code() == ErrorCode::kCancelled);
}

TEST_CASE("A source that parses in several threads can be stopped", "[job][source]") {
  const sys::Scratch scratch;
  std::string text;
  for (int i = 0; i < 500'000; ++i) {
    text += std::to_string(i) + "\n";
  }
  auto job = csv_job(scratch.write("in.csv", text), 1);
  job.input.threads = 3;
  Bell bell;
  Feed feed(1, [&] { bell.ring(); });
  SourceStage source = take(SourceStage::create());
  source.start(job, {}, feed);
  bell.wait_for(1);
  source.stop();
  REQUIRE(feed.result().has_value());
  CHECK(feed.result()->error().code() == ErrorCode::kCancelled);
}

TEST_CASE("Rejected rows are kept though the job ends with an error", "[job][source]") {
  const sys::Scratch scratch;
  auto job = csv_job(scratch.write("in.csv", "1\nx\n2\ny\n3\n"), 1);
  job.input.bad_rows.action = spec::BadRowSpec::Action::kReject;
  job.input.bad_rows.rejects = scratch / "rejects.csv";
  job.input.bad_rows.most = 1;
  job.input.threads = GENERATE(1, 2);
  CHECK_THAT(failure(run(job), ErrorCode::kInput), Contains("max allows 1"));
  CHECK_THAT(sys::text_of(job.input.bad_rows.rejects),
             Contains(",2,") && Contains(",4,") && Contains(",y\n"));
}

TEST_CASE("A source that waits for a pipe can be stopped", "[job][source]") {
  const sys::Scratch scratch;
  const std::string path = scratch / "pipe";
  REQUIRE(::mkfifo(path.c_str(), 0600) == 0);
  const sys::Fd writer = take(sys::Fd::open(path, O_RDWR | O_CLOEXEC));
  take(sys::write_all(writer.get(), "1\n2\n"));
  Bell bell;
  Feed feed(1, [&] { bell.ring(); });
  const auto job = csv_job(path, 1);
  SourceStage source = take(SourceStage::create());
  source.start(job, {}, feed);
  bell.wait_until([&] { return feed.waiting(0); });  // what is there is sent before it waits
  source.stop();
  REQUIRE(feed.result().has_value());
  CHECK_FALSE(feed.result()->ok());
  const auto sent = feed.pop(0);
  REQUIRE(sent.has_value());
  CHECK(sent->records == 2);
}

TEST_CASE("A source that never started needs no stop", "[job][source]") {
  SourceStage source = take(SourceStage::create());
  CHECK_NOTHROW(source.stop());
}

}  // namespace
}  // namespace alinktf::job
