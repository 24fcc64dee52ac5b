#include "model/packed_model.hpp"

#include "formats/text_form/base64.hpp"
#include "model/table.hpp"
#include "unit/formats/zip/archive.hpp"
#include "unit/result.hpp"
#include "unit/sys/scratch.hpp"

#include <catch2/catch.hpp>

namespace alinktf::model {
namespace {

using Catch::Contains;

TEST_CASE("A directory becomes a name and pieces of 1 MiB, and comes back", "[model][packed]") {
  const sys::Scratch scratch;
  std::filesystem::create_directories(scratch / "m/variables");
  std::filesystem::create_directories(scratch / "m/assets");
  std::string large;
  for (unsigned i = 0, state = 1; i < 3'000'000; ++i) {
    state = state * 1664525U + 1013904223U;
    large += static_cast<char>(state >> 24U);
  }
  static_cast<void>(scratch.write("m/saved_model.pb", "graph"));
  static_cast<void>(scratch.write("m/variables/data", large));
  const auto model = take(PackedModel::open(scratch / "m/"));
  table::RowBlock block(2);
  std::string archive;
  std::int64_t row = 0;
  for (take(model->read(block)); block.rows() != 0; take(model->read(block)), ++row) {
    REQUIRE(block.rows() == 1);
    CHECK(block.row(0)[0].integer == row);
    const std::string_view info = block.row(0)[1].bytes();
    if (row == 0) {
      CHECK(info == "m.zip");
      continue;
    }
    std::string piece(info.size(), '\0');
    const auto size = text_form::decode_base64(info, piece.data());
    REQUIRE(size);
    CHECK(*size <= std::size_t{1} << 20U);
    CHECK((row >= 3 || *size == std::size_t{1} << 20U));
    archive.append(piece, 0, *size);
  }
  CHECK(row == 4);
  CHECK((take(zip::entries_of(archive)) == zip::Entries{{"assets/", ""},
                                                        {"variables/", ""},
                                                        {"saved_model.pb", "graph"},
                                                        {"variables/data", large}}));
}

TEST_CASE("What is no SavedModel is not packed", "[model][packed]") {
  const sys::Scratch scratch;
  CHECK_THAT(failure(PackedModel::open(scratch / "none"), ErrorCode::kInput),
             Contains("is no directory"));
  CHECK_THAT(failure(PackedModel::open(scratch / ""), ErrorCode::kInput),
             Contains("holds no saved_model.pb"));
  static_cast<void>(scratch.write("saved_model.pb", "graph"));
  std::filesystem::create_directory_symlink("/", scratch / "root");
  CHECK_THAT(failure(PackedModel::open(scratch / ""), ErrorCode::kInput),
             Contains("holds 'root', expected files and directories"));
}

}  // namespace
}  // namespace alinktf::model
