#include "convert/convert.hpp"

#include "convert/show.hpp"

#include <catch2/catch.hpp>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include <unistd.h>

namespace alinktf::convert {
namespace {

namespace fs = std::filesystem;

/// A fresh folder with an input of ids.
class Files {
 public:
  Files() : root_((fs::temp_directory_path() / "alinktf-convert-XXXXXX").string()) {
    REQUIRE(::mkdtemp(root_.data()) != nullptr);
  }
  Files(const Files&) = delete;
  Files& operator=(const Files&) = delete;
  Files(Files&&) = delete;
  Files& operator=(Files&&) = delete;
  ~Files() { fs::remove_all(root_); }

  [[nodiscard]] std::string path(const std::string& name) const { return root_ + "/" + name; }
  [[nodiscard]] std::string read(const std::string& name) const {
    std::ifstream file(path(name));
    return {std::istreambuf_iterator<char>(file), {}};
  }
  /// A job from in.csv with the text `input` to out.csv.
  [[nodiscard]] spec::JobSpec job(const std::string& input) const {
    std::ofstream(path("in.csv")) << input;
    spec::JobSpec job;
    job.input.file_paths = {path("in.csv")};
    job.input.schema = {{"id", table::ColumnType::kLong}};
    job.output.file_path = path("out.csv");
    return job;
  }

 private:
  std::string root_;
};

TEST_CASE("Rows go from file to file and are counted", "[convert]") {
  const Files files;
  spec::JobSpec job = files.job("1\n2\nx\n3\n");
  job.input.bad_rows.action = spec::BadRowSpec::Action::kSkip;
  job.where = "id > 1";
  Progress progress;
  const auto counts = convert(job, -1, progress);
  REQUIRE(counts.ok());
  CHECK(counts.value().read.read == 4);
  CHECK(counts.value().read.skipped == 1);
  CHECK(counts.value().read.filtered == 1);
  CHECK(counts.value().written == 2);
  CHECK(progress.rows_in == 4);
  CHECK(progress.rows_out == 2);
  CHECK(files.read("out.csv") == "2\n3\n");
}

TEST_CASE("A bad row leaves no output", "[convert]") {
  const Files files;
  Progress progress;
  const auto counts = convert(files.job("1\nx\n"), -1, progress);
  REQUIRE_FALSE(counts.ok());
  CHECK(counts.error().code() == ErrorCode::kInput);
  CHECK_THAT(counts.error().str(), Catch::Contains("line 2"));
  CHECK(std::distance(fs::directory_iterator(files.path("")), {}) == 1);
}

TEST_CASE("A pass that is stopped leaves no output", "[convert]") {
  const Files files;
  Progress progress;
  progress.stop = true;
  const auto counts = convert(files.job("1\n2\n"), -1, progress);
  REQUIRE_FALSE(counts.ok());
  CHECK(counts.error().code() == ErrorCode::kCancelled);
  CHECK(std::distance(fs::directory_iterator(files.path("")), {}) == 1);
}

TEST_CASE("Rows of CSV are counted by their ends alone", "[convert][count_rows]") {
  const Files files;
  spec::JobSpec job = files.job("id,text\n1,\"a\nb\"\nx\n\n3,4,5\n");
  Progress progress;
  CHECK(count_rows(job.input, -1, progress).value() == 4);
  job.input.csv.header = true;
  CHECK(count_rows(job.input, -1, progress).value() == 3);
}

TEST_CASE("Lines of JSON are counted without the blank ones", "[convert][count_rows]") {
  const Files files;
  spec::JobSpec job = files.job("{}\n  \n\n{\"a\": 1}\r\n \r\nx");
  job.input.format = spec::Format::kJsonl;
  Progress progress;
  CHECK(count_rows(job.input, -1, progress).value() == 3);
}

}  // namespace
}  // namespace alinktf::convert
