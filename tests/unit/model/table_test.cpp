#include "model/table.hpp"

#include "formats/ak/reader.hpp"
#include "unit/formats/zip/archive.hpp"
#include "unit/golden.hpp"
#include "unit/model/rows.hpp"
#include "unit/sys/scratch.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

namespace alinktf::model {
namespace {

using Catch::Contains;

const zip::Entries kModel = {{"variables/", ""},
                             {"saved_model.pb", "the graph"},
                             {"variables/variables.index", std::string(1000, 'v')},
                             {"assets/", ""}};

std::string read(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

Result<std::string> unpack(std::vector<Rows::Values> rows, const std::string& directory) {
  Rows reader("model_id long, model_info string", std::move(rows));
  return unpack_table(reader, "m.ak", directory);
}

std::string error_of(std::vector<Rows::Values> rows) {
  const sys::Scratch scratch;
  return failure(unpack(std::move(rows), scratch / ""), ErrorCode::kInput);
}

TEST_CASE("A model table becomes the directory that it holds, in whatever order its rows come",
          "[model][table]") {
  const sys::Scratch scratch;
  std::vector<Rows::Values> rows = rows_of(zip::archive_of(kModel));
  REQUIRE(rows.size() > 4);
  if (GENERATE(false, true)) {
    std::reverse(rows.begin(), rows.end());
    std::swap(rows[1], rows[3]);
  }
  CHECK(take(unpack(rows, scratch / "")) == "17");
  CHECK(read(scratch / "saved_model.pb") == "the graph");
  CHECK(read(scratch / "variables/variables.index") == std::string(1000, 'v'));
  CHECK(std::filesystem::is_directory(scratch / "assets"));
  CHECK(scratch.names().size() == 3);  // nothing is left of the archive
}

TEST_CASE("Of a model and a checkpoint in one table, the model is unpacked", "[model][table]") {
  const sys::Scratch scratch;
  std::vector<Rows::Values> rows = rows_of(zip::archive_of(kModel));
  const std::size_t pieces = rows.size() - 1;
  rows[0][1] =
      fmt::format(R"([{{"name":"/tmp/w/17.zip","size":1,"chunk_size":100,"chunks":{}}},)"
                  R"({{"name":"/tmp/w/latest_ckpt.zip","size":1,"chunk_size":100,"chunks":2}}])",
                  pieces);
  for (const auto* part : {"a checkpoint", "no archive at all"}) {
    rows.push_back({std::to_string(rows.size()), base64(part)});
  }
  std::reverse(rows.begin(), rows.end());
  CHECK(take(unpack(rows, scratch / "")) == "17");
  CHECK(read(scratch / "saved_model.pb") == "the graph");
  CHECK(scratch.names().size() == 3);
}

TEST_CASE("The models of real Alink jobs are read", "[model][table][golden]") {
  const auto [job, name] = GENERATE(std::pair("r2", "1795444906"), std::pair("r5", "1795445193"));
  const sys::Scratch scratch;
  const auto bytes = golden::read_file(std::string("jobs/") + job + "/model.ak");
  const auto reader = take(ak::Reader::open(std::make_unique<StringSource>(bytes, "model.ak")));
  CHECK(take(unpack_table(*reader, "model.ak", scratch / "")) == name);
  CHECK(std::filesystem::file_size(scratch / "saved_model.pb") > 70'000);
  CHECK(std::filesystem::file_size(scratch / "variables/variables.index") > 300);
}

TEST_CASE("More columns than two, and other names, are no matter", "[model][table]") {
  const sys::Scratch scratch;
  std::vector<Rows::Values> rows = rows_of(zip::archive_of(kModel));
  for (Rows::Values& row : rows) {
    row.emplace_back("x");
  }
  Rows reader("a int, b string, c string", std::move(rows));
  CHECK(take(unpack_table(reader, "m.ak", scratch / "")) == "17");
}

TEST_CASE("A table that is no model table is told with the columns that it has", "[model][table]") {
  const sys::Scratch scratch;
  Rows reader("a string, b string", {});
  CHECK(failure(unpack_table(reader, "m.ak", scratch / ""), ErrorCode::kInput) ==
        "model table 'm.ak': has the columns 'a STRING,b STRING', expected model_id "
        "BIGINT,model_info STRING");
}

TEST_CASE("What is wrong with a model table is told with the row's id", "[model][table]") {
  const std::vector<Rows::Values> good = rows_of(zip::archive_of(kModel));
  const auto with = [&](std::size_t index, Rows::Values row) {
    std::vector<Rows::Values> rows = good;
    rows[index] = std::move(row);
    return error_of(rows);
  };
  const auto without = [&](std::size_t index) {
    std::vector<Rows::Values> rows = good;
    rows.erase(rows.begin() + static_cast<std::ptrdiff_t>(index));
    return error_of(rows);
  };
  CHECK_THAT(error_of({}), Contains("model table 'm.ak': has no rows, expected a name and the"));
  CHECK_THAT(error_of({{"0", "1.zip"}}),
             Contains("row id 1: is missing, expected the first piece"));
  CHECK_THAT(without(0), Contains("row id 0 is missing, expected the name of a zip archive"));
  CHECK_THAT(without(2), Contains("row id 2: is missing, the next one is 3"));
  CHECK_THAT(with(2, {"1", "AAAA"}), Contains("row id 1: stands twice"));
  CHECK_THAT(with(2, {"0", "2.zip"}), Contains("row id 0: stands twice"));
  CHECK_THAT(with(2, {"2", "a b c"}),
             Contains("row id 2: found 'a b c' (5 bytes), expected a piece of a zip archive"));
  CHECK_THAT(with(2, {"2", std::nullopt}), Contains("row id 2: found null"));
  CHECK_THAT(with(2, {std::nullopt, "x"}), Contains("found a row without an id"));
  CHECK_THAT(with(2, {"-1", "x"}), Contains("row id -1: expected ids from 0 on"));
  CHECK_THAT(
      with(0, {"0", R"({"taskType":"x"})"}),
      Contains("row id 0: found '{\"taskType\":\"x\"}', expected the name of a zip archive"));
  CHECK_THAT(with(0, {"0", R"([{"name":"/a.zip"}])"}),
             Contains("row id 0: found '[{") && Contains("expected a list such as [{\"name\":"));
  CHECK_THAT(with(0, {"0", R"([{"name":"/a.zip","chunks":0},{"name":"/c.zip","chunks":4}])"}),
             Contains("row id 0: found '[{"));
  CHECK_THAT(with(0, {"0", "[{"}), Contains("row id 0: found '[{'"));
  CHECK_THAT(with(0, {"0", R"([{"name":"/a.zip","chunks":1},{"name":"/c.zip","chunks":99}])"}),
             Contains("row id 0: says that the model and its checkpoint have 100 pieces, found "));
  CHECK_THAT(with(0, {"0", "../up.zip"}), Contains("expected the name of a zip archive"));
}

TEST_CASE("An archive that is damaged or cut off is told with the row's id", "[model][table]") {
  std::vector<Rows::Values> rows = rows_of(zip::archive_of(kModel));
  std::vector<Rows::Values> cut = rows;
  cut.pop_back();
  CHECK_THAT(error_of(cut),
             Contains(fmt::format("row id {}: the zip archive in it: byte ", cut.size() - 1)) &&
                 Contains("cut off (that is the last row)"));
  rows[1][1] = base64("no archive at all");
  CHECK_THAT(error_of(rows), Contains("row id 1: ") && Contains("expected a zip archive"));
}

TEST_CASE("No entry of an archive leads out of the directory", "[model][table]") {
  for (const auto* path : {"../evil", "/etc/evil", "a/../../evil", "a//b"}) {
    CAPTURE(path);
    zip::Entries entries = kModel;
    entries.emplace_back(path, "x");
    CHECK_THAT(error_of(rows_of(zip::archive_of(entries))),
               Contains("expected paths that stay inside it"));
  }
  zip::Entries twice = kModel;
  twice.emplace_back("saved_model.pb", "x");
  CHECK_THAT(error_of(rows_of(zip::archive_of(twice))), Contains("'saved_model.pb' twice"));
}

TEST_CASE("An archive without a SavedModel is none", "[model][table]") {
  CHECK_THAT(error_of(rows_of(zip::archive_of({{"model/saved_model.pb", "x"}}))),
             Contains("the archive holds 'model/saved_model.pb', expected saved_model.pb"));
  CHECK_THAT(error_of(rows_of(zip::archive_of({}))), Contains("the archive holds nothing"));
}

}  // namespace
}  // namespace alinktf::model
