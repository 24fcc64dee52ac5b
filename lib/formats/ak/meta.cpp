#include "formats/ak/meta.hpp"

#include "base/text.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace alinktf::ak {

Result<table::Schema> parse_meta(std::string_view json) {
  const auto bad = [](std::string_view what) {
    return Error(ErrorCode::kInput,
                 fmt::format("{}: {}, expected an object such as "
                             R"({{"fileFormat":"binary","schemaStr":"id BIGINT","numFiles":1}})",
                             kMetaName,
                             what));
  };
  const auto meta = nlohmann::json::parse(json, nullptr, false);
  if (!meta.is_object()) {
    return bad("found " + quote(json));
  }
  const auto format = meta.find("fileFormat");
  if (format != meta.end() && *format != "binary") {
    return bad(fmt::format("found the fileFormat {}", quote(format->dump())));
  }
  const auto schema = meta.find("schemaStr");
  if (schema == meta.end() || !schema->is_string()) {
    return bad("has no schemaStr");
  }
  auto parsed = table::parse_schema(schema->get_ref<const std::string&>());
  if (!parsed.ok()) {
    return bad("schemaStr: " + parsed.error().str());
  }
  return parsed;
}

std::string meta_of(const table::Schema& schema) {
  const nlohmann::ordered_json meta = {{"fileFormat", "binary"},
                                       {"schemaStr", table::to_string(schema)},
                                       {"numFiles", 1},
                                       {"version", "v0.1"}};
  return meta.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

Result<void> check_schema(const table::Schema& schema, std::string_view place, ErrorCode code) {
  for (const table::Column& column : schema) {
    if (column.type == table::ColumnType::kUbyteTensor) {
      return Error(code,
                   fmt::format("{}: column {} is a {}, a type that Alink cannot read in .ak files; "
                               "TENSOR holds the same values",
                               place,
                               quote(column.name),
                               table::type_name(column.type)));
    }
  }
  return {};
}

}  // namespace alinktf::ak
