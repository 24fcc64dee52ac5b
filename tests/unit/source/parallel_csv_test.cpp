#include "source/parallel_csv.hpp"

#include "source/open.hpp"
#include "unit/source/records.hpp"
#include "unit/sys/scratch.hpp"

#include <catch2/catch.hpp>

#include <random>

namespace alinktf::source {
namespace {

using Catch::Contains;
using Action = spec::BadRowSpec::Action;

constexpr std::string_view kSchema = "n long, t string, x double";

spec::JobSpec csv_job(std::vector<std::string> files) {
  spec::JobSpec job;
  job.input.file_paths = std::move(files);
  job.input.schema = schema_of(kSchema);
  return job;
}

std::unique_ptr<ParallelCsv> open_parallel(const spec::JobSpec& job,
                                           std::size_t threads,
                                           std::size_t block_bytes) {
  return take(ParallelCsv::open(
      job, job.input.file_paths, {.threads = threads, .block_bytes = block_bytes}));
}

/// All that a pass shows: its records, counts, end, and rejected rows.
struct Pass {
  std::string records;
  std::string counts;
  std::string error;
  std::string rejects;

  friend bool operator==(const Pass&, const Pass&) = default;
};

std::ostream& operator<<(std::ostream& out, const Pass& pass) {
  return out << pass.records.size() << " bytes, counts " << pass.counts << ", error '" << pass.error
             << "', rejects:\n"
             << pass.rejects;
}

Pass pass_of(const spec::JobSpec& job, Result<std::unique_ptr<RecordStream>> opened) {
  Pass pass;
  if (!opened.ok()) {
    pass.error = opened.error().str();
    return pass;
  }
  RecordStream& stream = *opened.value();
  RecordBatch batch;
  Result<void> read;
  do {
    read = stream.read(batch);
    pass.records += batch.chunk.view().substr(chunk::kHeaderBytes);
  } while (read.ok() && !batch.empty());
  pass.error = read.ok() ? "" : read.error().str();
  pass.counts = show(stream.counts());
  take(stream.finish());
  if (job.input.bad_rows.action == Action::kReject) {
    pass.rejects = sys::text_of(job.input.bad_rows.rejects);
  }
  return pass;
}

Pass single(spec::JobSpec job) {
  job.input.threads = 1;
  return pass_of(job, open_records(job, -1));
}

Pass parallel(const spec::JobSpec& job, std::size_t threads, std::size_t block_bytes) {
  auto opened = ParallelCsv::open(
      job, job.input.file_paths, {.threads = threads, .block_bytes = block_bytes});
  if (!opened.ok()) {
    return pass_of(job, std::move(opened).error());
  }
  return pass_of(job, std::unique_ptr<RecordStream>(std::move(opened).value()));
}

/// Makes random CSV text: quotes, line breaks inside them, blank lines, and now and then a bad row.
class Generator {
 public:
  explicit Generator(unsigned seed) : random_(seed) {}

  std::string text(std::size_t rows, unsigned bad_in_1000) {
    std::string out = chance(300) ? "\xEF\xBB\xBF" : "";
    for (std::size_t i = 0; i < rows; ++i) {
      out += row(bad_in_1000) + (chance(100) ? "\r\n" : "\n");
      out += chance(50) ? "\n" : "";
    }
    if (chance(500) && !out.empty()) {
      out.pop_back();
    }
    return out;
  }

  bool chance(unsigned in_1000) { return random_() % 1000 < in_1000; }
  std::size_t below(std::size_t limit) { return random_() % limit; }

 private:
  std::string row(unsigned bad_in_1000) {
    if (chance(bad_in_1000)) {
      static const std::vector<std::string> bad{
          "x,a,1", "1,a", "1,a,one", "1,\"a\nb\",", "9e9,,", "1,\"a", "1,\"a\"b", "\""};
      return bad[below(bad.size())];
    }
    return std::to_string(below(1'000'000)) + "," + field() + "," +
           (chance(100) ? "" : std::to_string(below(1000)) + ".5");
  }

  std::string field() {
    if (!chance(300)) {
      return std::string(below(20), 'a');
    }
    static const std::vector<std::string> pieces{"\"\"", "\n", ",", "b", "\r\n", "é"};
    std::string out = "\"";
    for (std::size_t i = below(30); i > 0; --i) {
      out += pieces[below(pieces.size())];
    }
    return out + "\"";
  }

  std::mt19937 random_;
};

TEST_CASE("Several threads give what one gives", "[source][parallel]") {
  const unsigned seed = GENERATE(range(0U, 40U));
  CAPTURE(seed);
  Generator generator(seed);
  const sys::Scratch scratch;
  spec::JobSpec job = csv_job({});
  const std::size_t files = 1 + generator.below(3);
  const unsigned bad_in_1000 = generator.chance(300) ? 0 : generator.chance(500) ? 2 : 50;
  for (std::size_t i = 0; i < files; ++i) {
    job.input.file_paths.push_back(scratch.write(
        std::to_string(i) + ".csv", generator.text(generator.below(400), bad_in_1000)));
  }
  job.input.ignore_first_line = generator.chance(300);
  job.input.bad_rows.action = generator.chance(300)   ? Action::kFail
                              : generator.chance(300) ? Action::kSkip
                                                      : Action::kReject;
  job.input.bad_rows.rejects = scratch / "rejects.csv";
  if (generator.chance(300)) {
    job.input.bad_rows.most = generator.below(10);
  }
  const Pass expected = single(job);
  for (const std::size_t block_bytes : {1U, 7U, 100U, 1000U, 100'000U}) {
    for (const std::size_t threads : {1U, 2U, 3U}) {
      CAPTURE(block_bytes, threads);
      CHECK(parallel(job, threads, block_bytes) == expected);
    }
  }
}

TEST_CASE("Selected columns are cut by every thread", "[source][parallel]") {
  const sys::Scratch scratch;
  Generator generator(1);
  auto job = csv_job({scratch.write("in.csv", generator.text(1000, 20))});
  job.input.bad_rows.action = Action::kSkip;
  job.selected_cols = {"x", "n"};
  CHECK(parallel(job, 2, 500) == single(job));
  CHECK(open_parallel(job, 2, 500)->schema() == schema_of("x double, n long"));
}

TEST_CASE("Values that are null because they do not parse are counted by every thread",
          "[source][parallel]") {
  const sys::Scratch scratch;
  std::string text;
  for (int i = 0; i < 300; ++i) {
    text += i % 3 == 0 ? "x\n" : "1 2\n";
  }
  auto job = csv_job({scratch.write("a.csv", text), scratch.write("b.csv", "y\n")});
  job.input.schema = schema_of("v vector");
  job.input.null_for_invalid = true;
  auto stream = open_parallel(job, 2, 100);
  RecordBatch batch;
  do {
    take(stream->read(batch));
  } while (!batch.empty());
  CHECK(stream->counts().invalid_values == 101);
  job.input.threads = 1;
  const auto alone = take(open_records(job, -1));
  do {
    take(alone->read(batch));
  } while (!batch.empty());
  CHECK(alone->counts().invalid_values == 101);
}

TEST_CASE("Stray quotes cost the same lines in several threads", "[source][parallel]") {
  const sys::Scratch scratch;
  std::string text = "0,\"never closed,0\n";
  for (int i = 1; i < 500; ++i) {
    const char* const quote = i < 300 && i % 7 == 0 ? "\"" : "";
    text += std::to_string(i) + "," + quote + "a," + std::to_string(i) + "\n";
  }
  auto job = csv_job({scratch.write("in.csv", text)});
  job.input.bad_rows.action = Action::kReject;
  job.input.bad_rows.rejects = scratch / "rejects.csv";
  const Pass expected = single(job);
  CHECK(expected.error.empty());
  for (const std::size_t block_bytes : {1U, 20U, 100U, 1000U}) {
    CHECK(parallel(job, 2, block_bytes) == expected);
  }
}

TEST_CASE("A block whose records need more than a batch goes in parts", "[source][parallel]") {
  const sys::Scratch scratch;
  std::string text;
  for (int i = 0; i < 100; ++i) {
    text += std::to_string(i) + "," + std::string(40'000, 'x') + ",1\n";
  }
  const auto job = csv_job({scratch.write("in.csv", text)});
  CHECK(parallel(job, 2, 8'000'000) == single(job));
  auto stream = open_parallel(job, 2, 8'000'000);
  RecordBatch batch;
  take(stream->read(batch));
  CHECK(batch.sizes.size() < 30);
}

TEST_CASE("The header of every file is checked", "[source][parallel]") {
  const sys::Scratch scratch;
  auto job = csv_job({scratch.write("1.csv", "n,t,x\n1,a,1\n"),
                      scratch.write("2.csv", "n,t,x\n2,b,2\n"),
                      scratch.write("3.csv", "n,t,y\n3,c,3\n")});
  job.input.csv.header = true;
  const Pass pass = parallel(job, 2, 10);
  CHECK(pass == single(job));
  CHECK_THAT(pass.error, Contains("3.csv: line 1"));
  CHECK(pass.counts == "2/0/0");
}

TEST_CASE("A file that is missing is an error behind the rows before it", "[source][parallel]") {
  const sys::Scratch scratch;
  const auto job = csv_job({scratch.write("1.csv", "1,a,1\n"), scratch / "none.csv"});
  CHECK(parallel(job, 2, 10) == single(job));
  CHECK_THAT(parallel(job, 2, 10).error, Contains("none.csv"));
}

TEST_CASE("A row that cannot be encoded is an error that names it", "[source][parallel]") {
  const sys::Scratch scratch;
  std::string text;
  for (int i = 1; i <= 300; ++i) {
    text += std::to_string(i) + (i == 200 ? ",$2000000000$1:2.0\n" : ",$3$1:2.0\n");
  }
  auto job = csv_job({scratch.write("in.csv", text)});
  job.input.schema = schema_of("n long, v sparse_vector");
  const Pass expected = single(job);
  CHECK_THAT(expected.error, Contains("row 200: column 'v'"));
  for (const std::size_t block_bytes : {10U, 1000U, 100'000U}) {
    const Pass pass = parallel(job, 2, block_bytes);
    CHECK(pass.error == expected.error);
    CHECK(pass.records == expected.records);
  }
}

TEST_CASE("Files without rows have no records", "[source][parallel]") {
  const sys::Scratch scratch;
  const auto job = csv_job({scratch.write("1.csv", ""), scratch.write("2.csv", "\n")});
  CHECK(parallel(job, 3, 10) == Pass{.records = "", .counts = "0/0/0", .error = "", .rejects = ""});
}

TEST_CASE("Threads end with a stream that nobody reads to its end", "[source][parallel]") {
  const sys::Scratch scratch;
  Generator generator(3);
  const auto job = csv_job({scratch.write("in.csv", generator.text(5000, 0))});
  for (int reads = 0; reads < 10; ++reads) {
    auto stream = open_parallel(job, 3, 100);
    RecordBatch batch;
    for (int i = 0; i < reads; ++i) {
      take(stream->read(batch));
      CHECK_FALSE(batch.empty());
    }
  }
}

}  // namespace
}  // namespace alinktf::source
