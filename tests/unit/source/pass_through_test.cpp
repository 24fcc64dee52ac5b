#include "source/pass_through.hpp"

#include "formats/tfrecord/framing.hpp"
#include "source/open.hpp"
#include "sys/fd.hpp"
#include "unit/result.hpp"
#include "unit/sys/scratch.hpp"

#include <catch2/catch.hpp>

#include <fcntl.h>
#include <sys/stat.h>

namespace alinktf::source {
namespace {

using Catch::Contains;

std::string frame(std::string_view payload) {
  std::string out(tfrecord::kHeaderBytes, '\0');
  out += payload;
  out.append(tfrecord::kFooterBytes, '\0');
  tfrecord::write_frame(out.data(), payload.size());
  return out;
}

spec::JobSpec record_job(std::vector<std::string> files) {
  spec::JobSpec job;
  job.input.format = spec::Format::kTfrecord;
  job.input.file_paths = std::move(files);
  return job;
}

/// The frames of all batches, and how many there were in each.
Result<std::string> read_all(RecordStream& stream, std::vector<std::size_t>& sizes) {
  std::string frames;
  RecordBatch batch;
  for (;;) {
    ALINKTF_TRY(stream.read(batch));
    if (batch.empty()) {
      return frames;
    }
    frames += batch.chunk.view().substr(chunk::kHeaderBytes);
    sizes.push_back(batch.sizes.size());
  }
}

TEST_CASE("Records pass as they are, file after file", "[source][passthrough]") {
  const sys::Scratch scratch;
  const std::string first = frame("one") + frame("") + frame("no Example at all");
  const auto job = record_job(
      {scratch.write("1", first), scratch.write("2", ""), scratch.write("3", frame("z"))});
  const auto stream = take(open_records(job, -1));
  std::vector<std::size_t> sizes;
  CHECK(take(read_all(*stream, sizes)) == first + frame("z"));
  CHECK(stream->counts().read == 4);
  CHECK(stream->schema().empty());
  CHECK(stream->shapes().json == "{}");
}

TEST_CASE("A batch of passed records is full at its bytes", "[source][passthrough]") {
  const sys::Scratch scratch;
  std::string text;
  for (int i = 0; i < 6; ++i) {
    text += frame(std::string(100'000, 'x'));
  }
  const auto job = record_job({scratch.write("in", text)});
  const auto stream = take(open_records(job, -1));
  std::vector<std::size_t> sizes;
  CHECK(take(read_all(*stream, sizes)) == text);
  CHECK(sizes == std::vector<std::size_t>{3, 3});
}

TEST_CASE("A damaged record is an error behind the ones before it", "[source][passthrough]") {
  const sys::Scratch scratch;
  std::string damaged = frame("three");
  damaged[14] = '\x7F';
  const auto job =
      record_job({scratch.write("in.tfrecord", frame("one") + frame("two") + damaged)});
  const auto stream = take(open_records(job, -1));
  RecordBatch batch;
  take(stream->read(batch));
  CHECK(batch.sizes.size() == 2);
  CHECK_THAT(failure(stream->read(batch), ErrorCode::kInput),
             Contains("in.tfrecord: record 2 at byte 38") && Contains("CRC of the data"));
  CHECK_FALSE(stream->read(batch).ok());
  CHECK(stream->counts().read == 2);
}

TEST_CASE("Records of a pipe are passed on when the next one would have to be waited for",
          "[source][passthrough]") {
  const sys::Scratch scratch;
  const std::string path = scratch / "pipe";
  REQUIRE(::mkfifo(path.c_str(), 0600) == 0);
  const sys::Fd writer = take(sys::Fd::open(path, O_RDWR | O_CLOEXEC));
  take(sys::write_all(writer.get(), frame("one") + frame("two") + frame("three").substr(0, 9)));
  const auto job = record_job({path});
  const auto stream = take(open_records(job, -1));
  RecordBatch batch;
  take(stream->read(batch));
  CHECK(batch.sizes.size() == 2);
  CHECK(stream->would_wait());
}

TEST_CASE("TFRecord files whose columns are wanted need a schema", "[source][passthrough]") {
  const sys::Scratch scratch;
  auto job = record_job({scratch.write("in", frame("x"))});
  take(precheck(job));
  const auto wanted = GENERATE(1, 2, 3);
  job.select = wanted == 1 ? "a" : "";
  job.where = wanted == 2 ? "a > 1" : "";
  job.selected_cols = wanted == 3 ? std::vector<std::string>{"a"} : std::vector<std::string>{};
  CHECK_THAT(failure(precheck(job), ErrorCode::kSpec), Contains("schemaStr"));
}

}  // namespace
}  // namespace alinktf::source
