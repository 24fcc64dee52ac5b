#include "job/check.hpp"

#include "unit/result.hpp"
#include "unit/sys/scratch.hpp"

#include <catch2/catch.hpp>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace alinktf::job {
namespace {

using Catch::Contains;

Plan plan_of(const std::string& input, int workers, int pss) {
  Plan plan;
  plan.job.name = "iris";
  plan.job.input.file_paths = {input};
  plan.job.input.schema = take(table::parse_schema("size double, species string, seen boolean"));
  plan.job.output_schema = take(table::parse_schema("id long, info string"));
  plan.job.num_workers = workers;
  plan.job.num_pss = pss;
  plan.interpreter = {.path = "/opt/venv/bin/python", .found_by = "PATH", .tensorflow = "2.15.1"};
  plan.tasks = cluster::make_tasks(workers, pss);
  return plan;
}

Result<CheckReport> examined(Plan plan) {
  Surroundings surroundings;
  surroundings.work_dir_parent = std::filesystem::temp_directory_path().string();
  return examine(std::move(plan), surroundings);
}

std::string text_of(Plan plan) {
  return to_text(take(examined(std::move(plan))));
}

TEST_CASE("A plan is told with its tasks and features and output", "[job][check]") {
  const sys::Scratch scratch;
  const std::string text = text_of(plan_of(scratch.write("in.csv", "1.5,setosa,true\n"), 2, 1));
  CHECK_THAT(text,
             Contains("/opt/venv/bin/python (found by PATH), TensorFlow 2.15.1\n") &&
                 Contains(R"({"cluster": {"ps": ["127.0.0.1:PORT"], "worker": ["127.0.0.1:PORT"], )"
                          R"("chief": ["127.0.0.1:PORT"]}, "task": {"type": "ps", "index": 0}})") &&
                 Contains("row k goes to worker k mod 2") &&
                 Contains(R"("size": tf.io.FixedLenFeature([], tf.float32))") &&
                 Contains(R"("species": tf.io.FixedLenFeature([], tf.string))") &&
                 Contains(R"("seen": tf.io.FixedLenFeature([], tf.int64))") &&
                 Contains("id BIGINT,info STRING\n") && Contains("0 KiB of rows; "));
}

TEST_CASE("Restarts are told where there are some", "[job][check]") {
  const sys::Scratch scratch;
  Plan plan = plan_of(scratch.write("in.csv", "1.5,setosa,true\n"), 1, 0);
  plan.job.output.file_path = scratch / "out.csv";
  CHECK_THAT(text_of(plan), !Contains("restarts"));
  plan.job.max_restarts = 3;
  CHECK_THAT(text_of(plan), Contains("up to 3 times"));
}

TEST_CASE("A network of its own is told", "[job][check]") {
  const sys::Scratch scratch;
  Plan plan = plan_of(scratch.write("in.csv", "1.5,setosa,true\n"), 2, 0);
  CHECK_THAT(text_of(plan), !Contains("isolateNetwork"));
  plan.job.isolate_network = true;
  CHECK_THAT(text_of(plan), Contains("nothing else (isolateNetwork)"));
}

TEST_CASE("A plan of one worker without TensorFlow says so", "[job][check]") {
  const sys::Scratch scratch;
  Plan plan = plan_of(scratch.write("in.csv", ""), 1, 0);
  plan.interpreter.tensorflow = std::nullopt;
  CHECK_THAT(text_of(plan),
             Contains("no TensorFlow found") && Contains("all rows go to chief:0\n"));
}

TEST_CASE("Computed columns are told with the types that the input gives them", "[job][check]") {
  const sys::Scratch scratch;
  Plan plan = plan_of(scratch.write("in.csv", "1.5,setosa,true\n"), 1, 0);
  plan.job.select = "case when species = 'setosa' then 1. else 0. end as label";
  CHECK_THAT(text_of(plan), Contains(R"("label": tf.io.FixedLenFeature([], tf.int64),  # BIGINT)"));
}

TEST_CASE("A plan of records that are passed on has no features to tell", "[job][check]") {
  const sys::Scratch scratch;
  Plan plan = plan_of(scratch.write("in.tfrecord", ""), 1, 0);
  plan.job.input.format = spec::Format::kTfrecord;
  plan.job.input.schema.clear();
  CHECK_THAT(text_of(plan), Contains("records are passed on as they are"));
}

TEST_CASE("Evaluators are in no cluster, and rows for the chief alone are told", "[job][check]") {
  const sys::Scratch scratch;
  Plan plan = plan_of(scratch.write("in.csv", "1.5,setosa,true\n"), 2, 1);
  plan.job.component = spec::Component::kTensorFlow2StreamOp;
  plan.job.data_to_chief = true;
  plan.tasks = cluster::make_tasks(2, 1, 1);
  CHECK_THAT(
      text_of(plan),
      Contains(R"({"cluster": {"ps": ["127.0.0.1:PORT"], "worker": ["127.0.0.1:PORT"], )"
               R"("chief": ["127.0.0.1:PORT"]}, "task": {"type": "evaluator", "index": 0}})") &&
          !Contains(R"("evaluator": [)") && Contains("all rows go to chief:0 (dataTo chief)") &&
          Contains("at most 8.0 GiB (spillLimit)"));
}

TEST_CASE("A pipe is not read to tell what will be in it", "[job][check]") {
  const sys::Scratch scratch;
  const std::string pipe = scratch / "pipe";
  REQUIRE(::mkfifo(pipe.c_str(), 0600) == 0);
  const int fd = ::open(pipe.c_str(), O_RDWR | O_NONBLOCK | O_CLOEXEC);
  REQUIRE(::write(fd, "1.5,a,true\n", 11) == 11);
  Plan plan = plan_of(pipe, 1, 0);
  CHECK_THAT(text_of(plan),
             Contains(R"("size": tf.io.FixedLenFeature([], tf.float32))") &&
                 Contains("how many a pipe brings is not known"));
  plan.job.select = "size * 2 as twice";
  CHECK_THAT(text_of(plan), Contains("known once the pipe has brought rows"));
  char rest[64];
  CHECK(::read(fd, rest, sizeof rest) == 11);
  ::close(fd);
}

TEST_CASE("What is wrong with input or output is found", "[job][check]") {
  const sys::Scratch scratch;
  CHECK_THAT(failure(examined(plan_of(scratch / "none.csv", 1, 0)), ErrorCode::kInput),
             Contains("none.csv"));
  CHECK_THAT(
      failure(examined(plan_of(scratch.write("bad.csv", "1.5,setosa,true\nx,a,true\n"), 1, 0)),
              ErrorCode::kInput),
      Contains("line 2"));
  Plan plan = plan_of(scratch.write("in.csv", "1.5,setosa,true\n"), 1, 0);
  plan.job.output.file_path = scratch.write("out.csv", "old");
  CHECK_THAT(failure(examined(plan), ErrorCode::kOutput), Contains("out.csv"));
  plan.job.output.file_path = scratch / "new.csv";
  take(examined(plan));
  CHECK_FALSE(std::filesystem::exists(scratch / "new.csv"));
  CHECK(scratch.names().size() == 3);
}

TEST_CASE("A plan for programs has one layout", "[job][check]") {
  const sys::Scratch scratch;
  Plan plan = plan_of(scratch.write("in.csv", "1.5,setosa,true\n"), 1, 0);
  plan.job.warnings = {"mind"};
  CheckReport report = take(examined(plan));
  report.disk = {.folder = "/tmp",
                 .space = {.mount = "/", .free_bytes = 7, .in_memory = false},
                 .bytes = 5,
                 .exact = true};
  CHECK(to_json(report) == R"({
  "problems": [],
  "warnings": [
    "mind"
  ],
  "job": "iris",
  "component": "TensorFlow2BatchOp",
  "python": {
    "path": "/opt/venv/bin/python",
    "foundBy": "PATH",
    "tensorflow": "2.15.1",
    "archive": null
  },
  "tasks": [
    {
      "name": "chief:0",
      "tfConfig": {
        "cluster": {
          "chief": [
            "127.0.0.1:PORT"
          ]
        },
        "task": {
          "type": "chief",
          "index": 0
        }
      }
    }
  ],
  "split": {
    "readers": 1,
    "evenSplit": "pad"
  },
  "features": [
    {
      "name": "size",
      "type": "DOUBLE",
      "parser": "FixedLenFeature",
      "shape": [],
      "dtype": "float32"
    },
    {
      "name": "species",
      "type": "STRING",
      "parser": "FixedLenFeature",
      "shape": [],
      "dtype": "string"
    },
    {
      "name": "seen",
      "type": "BOOLEAN",
      "parser": "FixedLenFeature",
      "shape": [],
      "dtype": "int64"
    }
  ],
  "prediction": null,
  "outputColumns": [
    {
      "name": "id",
      "type": "BIGINT"
    },
    {
      "name": "info",
      "type": "STRING"
    }
  ],
  "disk": {
    "folder": "/tmp",
    "fileSystem": "/",
    "freeBytes": 7,
    "neededBytes": 5,
    "exact": true
  },
  "maxRestarts": 0,
  "isolateNetwork": false
}
)");
}

TEST_CASE("Problems are told to programs line by line", "[job][check]") {
  CHECK(problems_json(Error(ErrorCode::kSpec, "one\ntwo")) ==
        "{\n  \"problems\": [\n    \"one\",\n    \"two\"\n  ]\n}\n");
}

}  // namespace
}  // namespace alinktf::job
