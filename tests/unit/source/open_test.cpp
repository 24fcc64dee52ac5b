#include "source/open.hpp"

#include "formats/gzip/deflate.hpp"
#include "formats/tfrecord/framing.hpp"
#include "unit/source/records.hpp"
#include "unit/sys/scratch.hpp"

#include <catch2/catch.hpp>

namespace alinktf::source {
namespace {

using Catch::Contains;

spec::JobSpec csv_job(const std::string& path, std::string_view schema) {
  spec::JobSpec job;
  job.input.file_paths = {path};
  job.input.schema = schema_of(schema);
  return job;
}

spec::JobSpec random_job() {
  spec::JobSpec job;
  job.input.format = spec::Format::kRandom;
  job.input.num_rows = 3;
  job.input.num_cols = 4;
  return job;
}

std::string packed(std::string_view text, gzip::Format format) {
  gzip::Deflater deflater(format);
  Buffer out;
  take(deflater.add(text, out));
  take(deflater.finish(out));
  return std::string(out.view());
}

Result<void> open_and_read(const spec::JobSpec& job) {
  ALINKTF_ASSIGN_OR_RETURN(const Table table, open(job, -1));
  Rows rows;
  return read_all(*table.rows, rows);
}

TEST_CASE("A file is read with the keys of the job", "[source][open]") {
  const sys::Scratch scratch;
  auto job = csv_job(scratch.write("in.csv", "a;b\n1;'x;y'\n2;z\n"), "a int, b string");
  job.input.csv.field_delimiter = ";";
  job.input.csv.quote_char = '\'';
  job.input.csv.header = true;
  const Table table = take(open(job, -1));
  CHECK(rows_of(*table.rows) == Rows{{"1", "x;y"}, {"2", "z"}});
  CHECK(show(table.counts()) == "2/0/0");
}

TEST_CASE("Read rows are the good and the skipped and the filtered ones", "[source][open]") {
  const sys::Scratch scratch;
  auto job = csv_job(scratch.write("in.csv", "1\ntwo\n3\n4\nfive\n"), "a int");
  job.input.bad_rows.action = spec::BadRowSpec::Action::kSkip;
  job.where = "a > 1";
  const Table table = take(open(job, -1));
  CHECK(rows_of(*table.rows) == Rows{{"3"}, {"4"}});
  CHECK(show(table.counts()) == "5/2/1");
}

TEST_CASE("Selected columns are chosen from the select", "[source][open]") {
  const sys::Scratch scratch;
  auto job = csv_job(scratch.write("in.csv", "1,2\n"), "a int, b int");
  job.select = "a + b as total, a";
  job.selected_cols = {"total"};
  take(precheck(job));  // only the statement tells which columns there are
  const Table table = take(open(job, -1));
  CHECK(rows_of(*table.rows) == Rows{{"3"}});
  job.selected_cols = {"b"};
  CHECK_THAT(failure(open(job, -1), ErrorCode::kSpec), Contains("it has total, a"));
}

TEST_CASE("A generated table is cut to the selected columns", "[source][open]") {
  auto job = random_job();
  const Table all = take(open(job, -1));
  const Rows rows = rows_of(*all.rows);
  const std::string first = all.rows->schema()[0].name;
  const std::string last = all.rows->schema()[3].name;
  job.selected_cols = {last, first};
  const Table some = take(open(job, -1));
  CHECK(some.rows->schema()[0].name == last);
  CHECK(rows_of(*some.rows) ==
        Rows{{rows[0][3], rows[0][0]}, {rows[1][3], rows[1][0]}, {rows[2][3], rows[2][0]}});
  CHECK(show(some.counts()) == "3/0/0");
}

TEST_CASE("A condition on a generated table counts what it leaves out", "[source][open]") {
  auto job = random_job();
  job.input.id_col = "id";
  job.where = "id < 2";
  const Table table = take(open(job, -1));
  const std::size_t given = rows_of(*table.rows).size();
  CHECK(given < 3);
  CHECK(show(table.counts()) == fmt::format("3/0/{}", 3 - given));
}

TEST_CASE("Files are read one after the other, each with its own first line", "[source][open]") {
  const sys::Scratch scratch;
  std::filesystem::create_directory(scratch / "d");
  static_cast<void>(scratch.write("d/10.csv", "a\n3\n"));
  static_cast<void>(scratch.write("d/9.csv",
                                  "\xEF\xBB\xBF"
                                  "a\n1\n2"));
  static_cast<void>(scratch.write("d/11.csv", "A\n"));
  auto job = csv_job(scratch / "d", "a int");
  job.input.csv.header = true;
  const Table table = take(open(job, -1));
  CHECK(rows_of(*table.rows) == Rows{{"1"}, {"2"}, {"3"}});
  CHECK(show(table.counts()) == "3/0/0");
}

TEST_CASE("TFRecord files with a schema are read as tables", "[source][open]") {
  const sys::Scratch scratch;
  auto job = csv_job(scratch.write("in.csv", "1,x\n2,y\n"), "a long, b string");
  RecordBatch batch;
  take(take(open_records(job, -1))->read(batch));
  std::string frames(batch.chunk.view().substr(chunk::kHeaderBytes));
  std::string no_example(tfrecord::kHeaderBytes, '\0');
  no_example += std::string("no Example") + std::string(tfrecord::kFooterBytes, '\0');
  tfrecord::write_frame(no_example.data(), 10);
  job.input.format = spec::Format::kTfrecord;
  job.input.file_paths = {scratch.write("1.tfrecord", frames + no_example),
                          scratch.write("2.tfrecord", packed(frames, gzip::Format::kGzip))};
  job.input.bad_rows = {.action = spec::BadRowSpec::Action::kReject,
                        .rejects = scratch / "rejects.csv",
                        .most = std::nullopt};
  job.selected_cols = {"b", "a"};
  const Table table = take(open(job, -1));
  CHECK(rows_of(*table.rows) == Rows{{"x", "1"}, {"y", "2"}, {"x", "1"}, {"y", "2"}});
  CHECK(show(table.counts()) == "5/1/0");
  take(table.finish());
  CHECK_THAT(sys::text_of(job.input.bad_rows.rejects), Contains("1.tfrecord,2,"));
}

TEST_CASE("Packed files are told by their content, each by its own", "[source][open]") {
  const sys::Scratch scratch;
  auto job = csv_job(scratch.write("1.csv", packed("1\n", gzip::Format::kGzip)), "a int");
  job.input.file_paths.push_back(scratch.write("2.csv", "2\n"));
  job.input.threads = GENERATE(1, 2);
  Rows rows;
  take(read_all(*take(open_records(job, -1)), "a long", rows));
  CHECK(rows == Rows{{"1"}, {"2"}});
}

TEST_CASE("A file is unpacked as the job says", "[source][open]") {
  const sys::Scratch scratch;
  auto job = csv_job(scratch.write("1.csv", packed("1\n2\n", gzip::Format::kZlib)), "a int");
  job.input.compression = spec::Compression::kZlib;
  CHECK(rows_of(*take(open(job, -1)).rows) == Rows{{"1"}, {"2"}});
  job.input.compression = spec::Compression::kGzip;
  CHECK_FALSE(open_and_read(job).ok());
  job.input.compression = spec::Compression::kNone;
  CHECK_FALSE(open_and_read(job).ok());
}

TEST_CASE("A bad row of a later file is named by that file", "[source][open]") {
  const sys::Scratch scratch;
  auto job = csv_job(scratch.write("1.csv", "1\n"), "a int");
  job.input.file_paths.push_back(scratch.write("2.csv", "2\nx\n"));
  const Table table = take(open(job, -1));
  Rows rows;
  CHECK_THAT(failure(read_all(*table.rows, rows), ErrorCode::kInput), Contains("2.csv: line 2"));
  CHECK(rows == Rows{{"1"}, {"2"}});
}

TEST_CASE("Standard input is read once in a job", "[source][open]") {
  auto job = csv_job("-", "a int");
  take(precheck(job));
  job.broadcast_inputs = {job.input};
  CHECK_THAT(failure(precheck(job), ErrorCode::kInput), Contains("standard input"));
  job.broadcast_inputs.clear();
  job.input.file_paths = {"-", "-"};
  CHECK_FALSE(precheck(job).ok());
}

TEST_CASE("A broadcast input that is missing is found before anything starts", "[source][open]") {
  const sys::Scratch scratch;
  auto job = random_job();
  job.broadcast_inputs = {csv_job(scratch / "none.csv", "a int").input};
  CHECK_THAT(failure(precheck(job), ErrorCode::kInput), Contains("none.csv"));
}

TEST_CASE("A file that is missing is an input error before anything starts", "[source][open]") {
  const sys::Scratch scratch;
  const auto job = csv_job(scratch / "none.csv", "a int");
  CHECK_THAT(failure(precheck(job), ErrorCode::kInput), Contains("none.csv"));
  CHECK_THAT(failure(open(job, -1), ErrorCode::kInput), Contains("none.csv"));
}

TEST_CASE("A selected column that the schema lacks is found before the file is read",
          "[source][open]") {
  const sys::Scratch scratch;
  auto job = csv_job(scratch.write("in.csv", "1\n"), "a int");
  take(precheck(job));
  job.selected_cols = {"b"};
  CHECK_THAT(failure(precheck(job), ErrorCode::kSpec), Contains("/selectedCols: found 'b'"));
}

TEST_CASE("Generated tables need no file, but sound keys", "[source][open]") {
  auto job = random_job();
  take(precheck(job));
  job.selected_cols = {"nothing"};
  CHECK_THAT(failure(precheck(job), ErrorCode::kSpec), Contains("/selectedCols: found 'nothing'"));
  job.selected_cols.clear();
  job.input.output_col_confs = "col0:nothing(1)";
  CHECK_THAT(failure(precheck(job), ErrorCode::kSpec), Contains("nothing"));
}

TEST_CASE("Distributions of a generated table are the job's", "[source][open]") {
  auto job = random_job();
  job.input.output_cols = {"a"};
  job.input.output_col_confs = "a:uniform(5,5)";
  const Table table = take(open(job, -1));
  CHECK(rows_of(*table.rows) == Rows{{"5"}, {"5"}, {"5"}});
}

TEST_CASE("JSON lines are read with the keys of the job", "[source][open]") {
  const sys::Scratch scratch;
  auto job = csv_job(scratch.write("1.jsonl", "{\"a\":1}\n{\"a\":\"x\"}\n"), "a int, b string");
  job.input.file_paths.push_back(scratch.write("2.jsonl", R"({"b":"y","a":2})"));
  job.input.format = spec::Format::kJsonl;
  job.input.bad_rows.action = spec::BadRowSpec::Action::kSkip;
  const Table table = take(open(job, -1));
  CHECK(rows_of(*table.rows) == Rows{{"1", "null"}, {"2", "y"}});
  CHECK(show(table.counts()) == "3/1/0");
}

}  // namespace
}  // namespace alinktf::source
