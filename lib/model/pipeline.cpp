#include "model/pipeline.hpp"

#include "base/text.hpp"
#include "model/table.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <filesystem>
#include <optional>
#include <set>
#include <string_view>

namespace alinktf::model {

namespace {

using Json = nlohmann::json;

constexpr std::string_view kDelimiter = "__ALINK_META_ROW_DELIMITER__";
constexpr std::int64_t kMetaId = -1;
constexpr std::string_view kTablePredictor = "TFTableModelPredictor";
constexpr std::string_view kSavedModelPredictor = "TFSavedModelPredictor";

/// A stage as the meta row tells it.
struct Entry {
  std::string identifier;  ///< a Java class; empty for the root
  std::map<std::string, std::string> params;
  std::vector<std::size_t> columns;  ///< of the table: where column j of the stage's model is
  std::int64_t parent = -1;
};

/// Errors that begin with the table's name.
class Place {
 public:
  explicit Place(const std::string& name) : name_(name) {}
  [[nodiscard]] Error bad(std::string_view what) const {
    return {ErrorCode::kInput, fmt::format("pipeline {}: {}", quote(name_), what)};
  }
  [[nodiscard]] Error bad_stage(std::size_t number, std::string_view what) const {
    return bad(fmt::format("stage {}: {}", number, what));
  }

 private:
  const std::string& name_;
};

/// JSON, or a text that holds JSON.
Json unwrapped(const Json& value) {
  return value.is_string() ? Json::parse(value.get_ref<const std::string&>(), nullptr, false)
                           : value;
}

Json member(const Json& object, const char* key) {
  const auto found = object.is_object() ? object.find(key) : object.end();
  return object.is_object() && found != object.end() ? *found : Json();
}

std::string text_of(const Json& value) {
  return value.is_string() ? value.get<std::string>() : value.is_null() ? "null" : value.dump();
}

Result<Entry> parse_entry(const Json& json, std::size_t number, const Place& place) {
  if (!json.is_object()) {
    return place.bad_stage(number, fmt::format("found {}, expected an object", quote(json.dump())));
  }
  Entry entry;
  const Json identifier = member(json, "identifier");
  entry.identifier = identifier.is_string() ? identifier.get<std::string>() : "";
  const Json parent = member(json, "parent");
  entry.parent = parent.is_number_integer() ? parent.get<std::int64_t>() : -1;
  const Json params = unwrapped(member(unwrapped(member(json, "params")), "params"));
  if (params.is_object()) {
    for (const auto& [name, value] : params.items()) {
      entry.params.emplace(name, text_of(value));
    }
  }
  for (const Json& index : member(json, "schemaIndices")) {
    if (!index.is_number_unsigned()) {
      return place.bad_stage(
          number, fmt::format("schemaIndices: found {}, expected numbers", quote(index.dump())));
    }
    entry.columns.push_back(index.get<std::size_t>() + 1);  // p0 is column 1 of the table
  }
  return entry;
}

Result<std::vector<Entry>> parse_meta(std::string_view text, const Place& place) {
  const Json meta = Json::parse(text.substr(0, text.find(kDelimiter)), nullptr, false);
  const Json stages = unwrapped(member(meta, "stages"));
  if (!stages.is_array() || stages.empty()) {
    return place.bad(
        fmt::format("row id -1: found {}, expected an object with the list stages", quote(text)));
  }
  std::vector<Entry> entries;
  for (const Json& stage : stages) {
    ALINKTF_ASSIGN_OR_RETURN(Entry entry, parse_entry(stage, entries.size(), place));
    entries.push_back(std::move(entry));
  }
  return entries;
}

/// Calls `take` with each row, until that gives false.
template <typename Take>
Result<void> each_row(table::RowReader& rows, Take&& take) {
  table::RowBlock block(rows.schema().size());
  while (true) {
    ALINKTF_TRY(rows.read(block));
    if (block.rows() == 0) {
      return {};
    }
    for (std::size_t i = 0; i < block.rows(); ++i) {
      ALINKTF_ASSIGN_OR_RETURN(const bool more, take(block.row(i)));
      if (!more) {
        return {};
      }
    }
  }
}

Result<std::vector<Entry>> read_meta(const OpenTable& open, const Place& place) {
  ALINKTF_ASSIGN_OR_RETURN(auto rows, open());
  if (!is_pipeline(rows->schema())) {
    return place.bad(fmt::format("has the columns {}, expected id BIGINT,p0 STRING and so on",
                                 quote(table::to_string(rows->schema()))));
  }
  std::optional<std::string> text;
  ALINKTF_TRY(each_row(*rows, [&](std::span<const table::Cell> row) -> Result<bool> {
    if (!row[0].null && row[0].integer == kMetaId && !row[1].null) {
      text = row[1].bytes();
    }
    return !text.has_value();
  }));
  return text ? parse_meta(*text, place)
              : place.bad("row id -1 is missing, expected the description of the stages");
}

/// Unpacks the models of the stages that have one.
class Unpacker {
 public:
  Unpacker(const Place& place, const std::string& name, const std::string& directory)
      : place_(place), name_(name), directory_(directory) {}

  /// Find the stages that score rows; others only hold them together.
  Result<void> choose(std::vector<Entry> entries) {
    std::set<std::int64_t> parents;
    for (const Entry& entry : entries) {
      parents.insert(entry.parent);
    }
    for (std::size_t i = 1; i < entries.size(); ++i) {  // 0 is the root
      if (parents.count(static_cast<std::int64_t>(i)) == 0) {
        ALINKTF_TRY(add(i, std::move(entries[i])));
      }
    }
    return stages_.empty() ? place_.bad("has no stages, expected a predictor at least")
                           : Result<void>();
  }

  Result<void> take(const table::Schema& schema, std::span<const table::Cell> row) {
    const auto found = models_.find(row[0].null ? kMetaId : row[0].integer);
    if (found == models_.end()) {
      return {};  // the meta row, or one of a stage that needs none
    }
    Model& model = found->second;
    if (!model.checked) {
      ALINKTF_TRY(check_columns(found->first, model, schema));
    }
    return model.table.add(row[model.id_column], row[model.info_column]);
  }

  Result<std::vector<Stage>> finish() {
    for (auto& [number, model] : models_) {
      Stage& stage = stages_[model.stage];
      stage.directory = fmt::format("{}/stage_{}", directory_, number);
      std::error_code error;
      std::filesystem::create_directories(stage.directory, error);
      FolderWriter tree(stage.directory);
      ALINKTF_TRY(model.table.unpack(tree));
    }
    return std::move(stages_);
  }

 private:
  struct Model {
    TableUnpacker table;
    std::size_t stage;
    std::size_t id_column = 0;
    std::size_t info_column = 0;
    bool checked = false;
  };

  Result<void> add(std::size_t number, Entry entry) {
    const std::string name = entry.identifier.substr(entry.identifier.rfind('.') + 1);
    if (name != kTablePredictor && name != kSavedModelPredictor) {
      return place_.bad_stage(number,
                              fmt::format("is {}, expected {} or {}: only pipelines of TensorFlow "
                                          "models can be run here",
                                          quote(entry.identifier),
                                          kTablePredictor,
                                          kSavedModelPredictor));
    }
    stages_.push_back({.name = name, .params = std::move(entry.params), .directory = {}});
    if (name == kSavedModelPredictor) {
      return {};
    }
    if (entry.columns.size() < 2) {
      return place_.bad_stage(number, "schemaIndices: expected the two columns of a model table");
    }
    ALINKTF_ASSIGN_OR_RETURN(
        auto table, TableUnpacker::create(fmt::format("{}, stage {}", name_, number), directory_));
    models_.emplace(number,
                    Model{.table = std::move(table),
                          .stage = stages_.size() - 1,
                          .id_column = entry.columns[0],
                          .info_column = entry.columns[1]});
    return {};
  }

  Result<void> check_columns(std::int64_t number, Model& model, const table::Schema& schema) {
    const std::size_t most = std::max(model.id_column, model.info_column);
    if (most >= schema.size()) {
      return place_.bad_stage(static_cast<std::size_t>(number),
                              fmt::format("schemaIndices: found {}, but the last column is {}",
                                          most - 1,
                                          quote(schema.back().name)));
    }
    model.checked = true;
    return check_table_schema({schema[model.id_column], schema[model.info_column]},
                              fmt::format("{}, stage {}", name_, number));
  }

  const Place& place_;
  const std::string& name_;
  const std::string& directory_;
  std::vector<Stage> stages_;
  std::map<std::int64_t, Model> models_;  ///< by the stage's number
};

}  // namespace

bool is_pipeline(const table::Schema& schema) {
  return schema.size() >= 2 && equal_ignoring_case(schema[0].name, "id") &&
         table::storage(schema[0].type) == table::Storage::kInteger &&
         equal_ignoring_case(schema[1].name, "p0") && schema[1].type == table::ColumnType::kString;
}

Result<std::vector<Stage>> unpack_pipeline(const OpenTable& open,
                                           const std::string& name,
                                           const std::string& directory) {
  const Place place(name);
  ALINKTF_ASSIGN_OR_RETURN(auto entries, read_meta(open, place));
  Unpacker unpacker(place, name, directory);
  ALINKTF_TRY(unpacker.choose(std::move(entries)));
  ALINKTF_ASSIGN_OR_RETURN(auto rows, open());
  const auto take = [&](std::span<const table::Cell> row) -> Result<bool> {
    ALINKTF_TRY(unpacker.take(rows->schema(), row));
    return true;
  };
  ALINKTF_TRY(each_row(*rows, take));
  return unpacker.finish();
}

}  // namespace alinktf::model
