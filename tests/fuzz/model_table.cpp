// Model tables: any archive in rows of any order, unpacked to the same files or refused, and never
// a path that leads out; and any description of a pipeline.
#include "formats/text_form/base64.hpp"
#include "fuzz/fuzz.hpp"
#include "model/pipeline.hpp"
#include "model/table.hpp"

#include <algorithm>
#include <map>
#include <vector>

namespace alinktf::fuzz {
namespace {

class Files final : public model::TreeWriter {
 public:
  Result<void> add_directory(const std::string& path) override {
    require(model::is_safe_path(path), "paths stay inside");
    files_[path];
    return {};
  }
  Result<void> append(const std::string& path, std::string_view bytes) override {
    require(model::is_safe_path(path) && !path.ends_with('/'), "paths stay inside");
    files_[path] += bytes;
    return {};
  }
  [[nodiscard]] const std::map<std::string, std::string>& files() const { return files_; }

 private:
  std::map<std::string, std::string> files_;
};

using Rows = std::vector<std::pair<std::int64_t, std::string>>;

struct Outcome {
  std::map<std::string, std::string> files;
  bool failed = false;

  friend bool operator==(const Outcome&, const Outcome&) = default;
};

Outcome unpack(const Rows& rows) {
  auto table = model::TableUnpacker::create("m", "/tmp");
  require(table.ok(), "there is a disk");
  Outcome outcome;
  const auto note = [&](const auto& result) {
    require(result.ok() || result.error().code() == ErrorCode::kInput,
            "bad input is an input error");
    outcome.failed = outcome.failed || !result.ok();
  };
  for (const auto& [id, info] : rows) {
    note(table.value().add(table::Cell::of_integer(id), table::Cell::of_bytes(info)));
  }
  if (!outcome.failed) {
    Files files;
    note(table.value().unpack(files));
    outcome.files = outcome.failed ? std::map<std::string, std::string>() : files.files();
  }
  return outcome;
}

/// `archive` in base64, `size` bytes a row.
Rows rows_of(std::string_view archive, std::size_t size) {
  Rows rows = {{0, "1.zip"}};
  while (!archive.empty()) {
    Buffer text;
    text_form::append_base64(archive.substr(0, size), text);
    rows.emplace_back(static_cast<std::int64_t>(rows.size()), text.view());
    archive.remove_prefix(std::min(size, archive.size()));
  }
  return rows;
}

/// One row of a pipeline: its description.
class Meta final : public table::RowReader {
 public:
  explicit Meta(std::string_view text) : text_(text) {}
  [[nodiscard]] const table::Schema& schema() const override { return schema_; }
  Result<void> read(table::RowBlock& block) override {
    block.clear();
    if (!given_) {
      block.next_row()[0] = table::Cell::of_integer(-1);
      block.next_row()[1] = table::Cell::of_bytes(text_);
      block.next_row()[2] = table::Cell::of_null();
      block.add_row();
      given_ = true;
    }
    return {};
  }

 private:
  std::string_view text_;
  table::Schema schema_ = {{"id", table::ColumnType::kLong},
                           {"p0", table::ColumnType::kString},
                           {"p1", table::ColumnType::kLong}};
  bool given_ = false;
};

void read_pipeline(std::string_view text) {
  const auto stages = model::unpack_pipeline(
      [&]() -> Result<std::unique_ptr<table::RowReader>> {
        return std::unique_ptr<table::RowReader>(std::make_unique<Meta>(text));
      },
      "p",
      "/tmp");
  require(stages.ok() || stages.error().code() == ErrorCode::kInput, "bad input is an input error");
}

}  // namespace
}  // namespace alinktf::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace alinktf::fuzz;  // NOLINT(google-build-using-namespace)
  Input input(data, size);
  const std::uint8_t choice = input.byte();
  const std::size_t step = input.byte() + std::size_t{1};
  if (choice == 'p') {
    read_pipeline(input.rest());
    return 0;
  }
  Rows rows = rows_of(input.rest(), step);
  const Outcome ordered = unpack(rows);
  if (choice % 2 == 0) {
    std::reverse(rows.begin(), rows.end());
  } else {
    std::rotate(
        rows.begin(), rows.begin() + choice % static_cast<std::ptrdiff_t>(rows.size()), rows.end());
  }
  require(unpack(rows) == ordered, "the order of rows does not matter");
  return 0;
}
