#include "source/broadcast.hpp"

#include "sys/fd.hpp"
#include "unit/source/rows.hpp"
#include "unit/sys/scratch.hpp"

#include <catch2/catch.hpp>

#include <fcntl.h>

namespace alinktf::source {
namespace {

using Catch::Contains;

spec::InputSpec csv_input(const std::string& path, std::string_view schema) {
  spec::InputSpec input;
  input.file_paths = {path};
  input.schema = schema_of(schema);
  return input;
}

/// What the broadcast file of a CSV `text` holds.
std::string broadcast(const std::string& text, std::string_view schema) {
  const sys::Scratch scratch;
  take(
      write_broadcast(csv_input(scratch.write("in.csv", text), schema), scratch / "bc_data_1", -1));
  return sys::text_of(scratch / "bc_data_1");
}

TEST_CASE("A broadcast file has Alink's layout", "[source][broadcast]") {
  CHECK(broadcast("1,one two,1.5\n2,,2\n", "id long, t string, v double") ==
        "1 one two 1.5\n2 null 2.0\n");  // measured with Alink 1.6.2
}

TEST_CASE("Each type has its text in a broadcast file", "[source][broadcast]") {
  CHECK(broadcast("true,-3,0.1,1e10,2021-01-02,\"a\nb\"\n,,,,,\"\"\n",
                  "b boolean, i int, f float, d double, day date, s string") ==
        "true -3 0.1 1.0E10 2021-01-02 a\nb\nnull null null null null \n");
}

TEST_CASE("Vectors, tensors and bytes have their text forms in a broadcast file",
          "[source][broadcast]") {
  CHECK(broadcast("\"1,2\",$4$0:1 2:3,\"FLOAT#2,1#0.5 2\",AAH/\n,,,\n",
                  "v vector, s sparse_vector, t tensor, b varbinary") ==
        "1.0 2.0 $4$0:1.0 2:3.0 FLOAT#2,1#0.5 2.0  AAH/\nnull null null null\n");
}

TEST_CASE("A broadcast of many rows is whole", "[source][broadcast]") {
  std::string text;
  for (int i = 0; i < 100'000; ++i) {
    text += std::to_string(i) + "\n";
  }
  CHECK(broadcast(text, "n int") == text);
}

TEST_CASE("A broadcast of no rows is an empty file", "[source][broadcast]") {
  CHECK(broadcast("", "n int").empty());
}

TEST_CASE("A bad row of a broadcast input is named", "[source][broadcast]") {
  const sys::Scratch scratch;
  const auto input = csv_input(scratch.write("in.csv", "1\nx\n"), "n int");
  CHECK_THAT(failure(write_broadcast(input, scratch / "bc_data_1", -1), ErrorCode::kInput),
             Contains("in.csv: line 2") && Contains("bc_data_1"));
}

TEST_CASE("A broadcast file that cannot be made is an error with its path", "[source][broadcast]") {
  const sys::Scratch scratch;
  const auto input = csv_input(scratch.write("in.csv", "1\n"), "n int");
  CHECK_THAT(failure(write_broadcast(input, scratch / "none/bc_data_1", -1), ErrorCode::kInternal),
             Contains("none/bc_data_1"));
}

TEST_CASE("A broadcast that is no longer wanted ends in the middle of a file",
          "[source][broadcast]") {
  const sys::Scratch scratch;
  const sys::Fd cancelled = take(sys::Fd::open(scratch.write("ready", "x"), O_RDONLY | O_CLOEXEC));
  failure(write_broadcast(csv_input(scratch.write("in.csv", "1\n2\n"), "id long"),
                          scratch / "bc_data_1",
                          cancelled.get()),
          ErrorCode::kCancelled);
}

}  // namespace
}  // namespace alinktf::source
