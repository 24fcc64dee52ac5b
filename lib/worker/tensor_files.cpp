#include "worker/tensor_files.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace alinktf::worker {

namespace {

using Json = nlohmann::ordered_json;

/// As in Alink's files: no blanks, UTF-8 as it is.
std::string dump(const Json& json) {
  return json.dump(-1, ' ', /*ensure_ascii=*/false, Json::error_handler_t::replace);
}

/// What Alink calls the values of `type`; null for TENSOR and for types of one value.
const char* element_name(table::ColumnType type) {
  switch (type) {
    case table::ColumnType::kVector:
    case table::ColumnType::kDenseVector:
    case table::ColumnType::kSparseVector:
    case table::ColumnType::kDoubleTensor:
      return "double";
    case table::ColumnType::kFloatTensor:
      return "float";
    case table::ColumnType::kIntTensor:
      return "int";
    case table::ColumnType::kLongTensor:
      return "long";
    case table::ColumnType::kBoolTensor:
      return "boolean";
    case table::ColumnType::kByteTensor:
      return "byte";
    case table::ColumnType::kUbyteTensor:
      return "ubyte";
    case table::ColumnType::kStringTensor:
      return "string";
    default:
      return nullptr;
  }
}

}  // namespace

std::string tensor_types_json(const table::Schema& schema) {
  Json types = Json::object();
  for (const table::Column& column : schema) {
    if (const char* name = element_name(column.type)) {
      types[column.name] = name;
    }
  }
  return dump(types);
}

bool has_tensors(const table::Schema& schema) {
  return std::any_of(schema.begin(), schema.end(), [](const table::Column& column) {
    return table::storage(column.type) == table::Storage::kNested;
  });
}

std::string end_text(const TensorFiles& files) {
  if (files.shapes == "{}" && files.types == "{}") {
    return {};
  }
  return dump({{"tensor_shapes", files.shapes}, {"tensor_types", files.types}});
}

}  // namespace alinktf::worker
