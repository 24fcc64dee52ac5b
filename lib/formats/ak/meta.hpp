// alink_meta.json, the first entry of an .ak file.
#pragma once

#include "base/result.hpp"
#include "table/schema.hpp"

#include <string>
#include <string_view>

namespace alinktf::ak {

constexpr std::string_view kMetaName = "alink_meta.json";
constexpr std::string_view kDataName = "data";
/// What the data of an .ak file begin with; the other is read only.
constexpr std::string_view kMagic = "ALK";
constexpr std::string_view kFlinkMagic = "FLK";

/// The columns that `json` names. kInput, without a place.
Result<table::Schema> parse_meta(std::string_view json);

/// The text for a file of `schema`, as Alink writes it.
std::string meta_of(const table::Schema& schema);

/// `code` if an .ak file cannot have a column of `schema`: UBYTE_TENSOR, a name that Alink does not
/// know (A§4.1). `place` begins the message.
Result<void> check_schema(const table::Schema& schema, std::string_view place, ErrorCode code);

}  // namespace alinktf::ak
