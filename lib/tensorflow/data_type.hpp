// TensorFlow's element types by their numbers in its protocol buffers and its C API.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace alinktf::tensorflow {

/// Those that models of tables have. Source: DataType of TensorFlow's types.proto. Other numbers
/// may come from models; they are kept as they are.
enum class DataType : std::uint32_t {
  kNone = 0,
  kFloat = 1,
  kDouble = 2,
  kInt32 = 3,
  kUint8 = 4,
  kInt16 = 5,
  kInt8 = 6,
  kString = 7,
  kInt64 = 9,
  kBool = 10,
};

/// Bytes of one value; 0 for strings and for types that are not named above.
constexpr std::size_t value_bytes(DataType type) {
  switch (type) {
    case DataType::kFloat:
    case DataType::kInt32:
      return 4;
    case DataType::kDouble:
    case DataType::kInt64:
      return 8;
    case DataType::kInt16:
      return 2;
    case DataType::kUint8:
    case DataType::kInt8:
    case DataType::kBool:
      return 1;
    case DataType::kString:
    case DataType::kNone:
      break;
  }
  return 0;
}

/// TensorFlow's name in Python: "float32".
std::string type_name(DataType type);

}  // namespace alinktf::tensorflow
