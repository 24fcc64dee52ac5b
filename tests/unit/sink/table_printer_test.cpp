#include "sink/table_printer.hpp"

#include "table/nested.hpp"
#include "unit/sink/rows.hpp"
#include "unit/sys/scratch.hpp"

#include <catch2/catch.hpp>

#include <array>
#include <span>
#include <sstream>

namespace alinktf::sink {
namespace {

using Rows = std::vector<std::vector<std::string>>;

/// The lines of a table of `rows`.
std::vector<std::string> printed(std::string_view columns, const Rows& rows) {
  const sys::Scratch scratch;
  const auto schema = schema_of(columns);
  TablePrinter printer(take(sys::AtomicFile::create(scratch / "out.txt", sys::Overwrite::kNo)),
                       schema);
  for (const auto& row : rows) {
    take(append(printer, schema, row));
  }
  take(printer.finish());
  std::vector<std::string> lines;
  std::istringstream text(sys::text_of(scratch / "out.txt"));
  for (std::string line; std::getline(text, line);) {
    lines.push_back(line);
  }
  return lines;
}

using Lines = std::vector<std::string>;

TEST_CASE("Columns are aligned and numbers stand to the right", "[sink][table]") {
  CHECK(printed("id long, name string, size double",
                {{"1", "setosa", "0.5"}, {"200", "x", "12.25"}, {"null", "null", "null"}}) ==
        Lines{"  id  name     size",
              "----  ------  -----",
              "   1  setosa    0.5",
              " 200  x       12.25",
              "null  null     null"});
}

TEST_CASE("Nothing but names is printed of a table without rows", "[sink][table]") {
  CHECK(printed("id long, name string", {}) == Lines{"id  name", "--  ----"});
}

TEST_CASE("Long cells are cut at 40 characters", "[sink][table]") {
  const std::string exact(40, 'x');
  const auto lines = printed("t string, n int", {{exact, "1"}, {exact + "y", "2"}});
  CHECK(lines[2] == exact + "  1");
  CHECK(lines[3] == std::string(39, 'x') + "…  2");
}

TEST_CASE("Characters count and not bytes", "[sink][table]") {
  std::string umlauts;
  for (int i = 0; i < 41; ++i) {
    umlauts += "ä";
  }
  const auto lines = printed("t string, n int", {{"é", "1"}, {umlauts, "2"}});
  CHECK(lines[2] == "é" + std::string(39, ' ') + "  1");
  CHECK(lines[3] == umlauts.substr(0, 78) + "…  2");
}

TEST_CASE("Wide characters take two columns", "[sink][table]") {
  const auto lines = printed("t string, n int", {{"漢字", "1"}, {"abcde", "2"}});
  CHECK(lines[2] == "漢字   1");
  CHECK(lines[3] == "abcde  2");
}

TEST_CASE("Long names are cut as cells are", "[sink][table]") {
  const std::string name(50, 'n');
  const auto lines = printed(name + " string, n int", {{"a", "1"}});
  CHECK(lines[0] == std::string(39, 'n') + "…  n");
  CHECK(lines[1] == std::string(40, '-') + "  -");
}

TEST_CASE("Bytes that are no text are shown as such", "[sink][table]") {
  CHECK(printed("t string, n int", {{"a\xFF\xC2", "1"}})[2] == "a\uFFFD\uFFFD  1");
}

TEST_CASE("Vectors and tensors have their text form, to the left", "[sink][table]") {
  const sys::Scratch scratch;
  const auto schema = schema_of("v vector, n int");
  Buffer vector;
  table::append_dense_vector_head(vector, 2);
  table::append_values(vector, std::span<const double>(std::array{1.5, 2.0}));
  Buffer longer;
  table::append_dense_vector_head(longer, 1000);
  table::append_values(longer, std::span<const double>(std::vector<double>(1000, 1)));
  TablePrinter printer(take(sys::AtomicFile::create(scratch / "out.txt", sys::Overwrite::kNo)),
                       schema);
  using table::Cell;
  take(printer.append(std::vector{Cell::of_bytes(vector.view()), Cell::of_integer(7)}));
  take(printer.append(std::vector{Cell::of_bytes(longer.view()), Cell::of_integer(8)}));
  take(printer.finish());
  const std::string text = sys::text_of(scratch / "out.txt");
  CHECK_THAT(text, Catch::Contains("\n1.5 2.0" + std::string(33, ' ') + "  7\n"));
  CHECK_THAT(text, Catch::Contains("1.0 1.0 1.0 1.0 1.0 1.0 1.0 1.0 1.0 1.0…  8\n"));
}

TEST_CASE("A cell never breaks its line", "[sink][table]") {
  CHECK(printed("t string, u string", {{"a\nb\tc\x1B[31m", "\"q\",;"}})[2] ==
        "a b c [31m  \"q\",;");
}

TEST_CASE("The first rows decide the widths of the rest", "[sink][table]") {
  Rows rows(100, {"abc", "1"});
  rows.push_back({"wider than those before", "2"});
  rows.push_back({"a", "3"});
  const auto lines = printed("t string, n int", rows);
  REQUIRE(lines.size() == 104);
  CHECK(lines[101] == "abc  1");
  CHECK(lines[102] == "wider than those before  2");
  CHECK(lines[103] == "a    3");
}

TEST_CASE("A table printer that is given up leaves nothing", "[sink][table]") {
  const sys::Scratch scratch;
  const auto schema = schema_of("t string");
  {
    TablePrinter printer(take(sys::AtomicFile::create(scratch / "out", sys::Overwrite::kNo)),
                         schema);
    take(append(printer, schema, {"a"}));
  }
  CHECK(scratch.names().empty());
}

TEST_CASE("A display as a table is what opens for a terminal", "[sink][table]") {
  const sys::Scratch scratch;
  spec::OutputSpec spec;
  spec.file_path = scratch / "out";
  take(take(open_output(spec, schema_of("id long"), Display::kTable))->finish());
  CHECK(sys::text_of(scratch / "out") == "id\n--\n");
}

}  // namespace
}  // namespace alinktf::sink
