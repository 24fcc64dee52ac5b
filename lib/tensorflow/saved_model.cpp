#include "tensorflow/saved_model.hpp"

#include "base/text.hpp"
#include "formats/example/wire.hpp"
#include "sys/mapped_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

namespace alinktf::tensorflow {

namespace {

namespace wire = example::wire;
namespace fs = std::filesystem;

// Tags of fields: number and wire type. Source: TensorFlow's saved_model.proto, meta_graph.proto
// and tensor_shape.proto.
constexpr std::uint32_t kLength = 2;
constexpr std::uint32_t tag_of(std::uint32_t number, std::uint32_t wire_type = kLength) {
  return number << 3U | wire_type;
}
constexpr std::uint32_t kMetaGraphs = tag_of(2);
constexpr std::uint32_t kMetaInfo = tag_of(1);
constexpr std::uint32_t kSignatureDef = tag_of(5);
constexpr std::uint32_t kTags = tag_of(4);
constexpr std::uint32_t kTensorflowVersion = tag_of(5);
constexpr std::uint32_t kMapKey = tag_of(1);
constexpr std::uint32_t kMapValue = tag_of(2);
constexpr std::uint32_t kInputs = tag_of(1);
constexpr std::uint32_t kOutputs = tag_of(2);
constexpr std::uint32_t kMethodName = tag_of(3);
constexpr std::uint32_t kTensorName = tag_of(1);
constexpr std::uint32_t kDtype = tag_of(2, 0);
constexpr std::uint32_t kTensorShape = tag_of(3);
constexpr std::uint32_t kDim = tag_of(2);
constexpr std::uint32_t kUnknownRank = tag_of(3, 0);
constexpr std::uint32_t kDimSize = tag_of(1, 0);

/// Calls `take(tag, bytes, number)` for each field of a message: its bytes, or its number. False if
/// `bytes` are no message.
template <typename Take>
bool for_each_field(std::string_view bytes, Take&& take) {
  const char* at = bytes.data();
  const char* const end = at + bytes.size();
  while (at != end) {
    std::uint32_t tag = 0;
    at = wire::read_tag(at, end, tag);
    if (at == nullptr) {
      return false;
    }
    std::string_view content;
    std::uint64_t number = 0;
    if ((tag & 7U) == kLength) {
      // Unlike wire::read_delimited(), of any length: graphs are large.
      std::uint64_t size = 0;
      at = wire::read_varint(at, end, size);
      if (at == nullptr || size > static_cast<std::uint64_t>(end - at)) {
        return false;
      }
      content = {at, size};
      at += size;
    } else if ((tag & 7U) == 0) {
      at = wire::read_varint(at, end, number);
    } else {
      at = wire::skip_field(tag, at, end, wire::kMaxDepth);
    }
    if (at == nullptr || !take(tag, content, number)) {
      return false;
    }
  }
  return true;
}

bool read_shape(std::string_view bytes, TensorInfo& info) {
  return for_each_field(
      bytes, [&](std::uint32_t tag, std::string_view content, std::uint64_t number) {
        if (tag == kUnknownRank) {
          info.unknown_rank = number != 0;
        } else if (tag == kDim) {
          std::int64_t size = 0;
          const bool read = for_each_field(
              content, [&](std::uint32_t inner, std::string_view /*bytes*/, std::uint64_t value) {
                size = inner == kDimSize ? static_cast<std::int64_t>(value) : size;
                return true;
              });
          info.dims.push_back(size);
          return read;
        }
        return true;
      });
}

bool read_tensor_info(std::string_view bytes, TensorInfo& info) {
  return for_each_field(bytes,
                        [&](std::uint32_t tag, std::string_view content, std::uint64_t number) {
                          if (tag == kTensorName) {
                            info.tensor = content;
                          } else if (tag == kDtype) {
                            info.type = static_cast<DataType>(number);
                          } else if (tag == kTensorShape) {
                            return read_shape(content, info);
                          }
                          return true;
                        });
}

/// An entry of a map whose values are messages that `read` reads.
template <typename Value, typename Read>
bool read_entry(std::string_view bytes, std::vector<Value>& to, Read&& read) {
  Value value;
  const bool entry = for_each_field(
      bytes, [&](std::uint32_t tag, std::string_view content, std::uint64_t /*number*/) {
        if (tag == kMapKey) {
          value.key = content;
        }
        return tag != kMapValue || read(content, value);
      });
  to.push_back(std::move(value));
  return entry;
}

template <typename Value>
void sort_by_key(std::vector<Value>& values) {
  std::sort(
      values.begin(), values.end(), [](const Value& a, const Value& b) { return a.key < b.key; });
}

bool read_signature(std::string_view bytes, Signature& signature) {
  const bool read = for_each_field(
      bytes, [&](std::uint32_t tag, std::string_view content, std::uint64_t /*number*/) {
        if (tag == kInputs) {
          return read_entry(content, signature.inputs, read_tensor_info);
        }
        if (tag == kOutputs) {
          return read_entry(content, signature.outputs, read_tensor_info);
        }
        if (tag == kMethodName) {
          signature.method = content;
        }
        return true;
      });
  sort_by_key(signature.inputs);
  sort_by_key(signature.outputs);
  return read;
}

bool read_meta_info(std::string_view bytes, MetaGraph& graph) {
  return for_each_field(bytes,
                        [&](std::uint32_t tag, std::string_view content, std::uint64_t /*number*/) {
                          if (tag == kTags) {
                            graph.tags.emplace_back(content);
                          } else if (tag == kTensorflowVersion) {
                            graph.tensorflow_version = content;
                          }
                          return true;
                        });
}

bool read_meta_graph(std::string_view bytes, MetaGraph& graph) {
  const bool read = for_each_field(
      bytes, [&](std::uint32_t tag, std::string_view content, std::uint64_t /*number*/) {
        if (tag == kMetaInfo) {
          return read_meta_info(content, graph);
        }
        return tag != kSignatureDef || read_entry(content, graph.signatures, read_signature);
      });
  sort_by_key(graph.signatures);
  return read;
}

bool is_file(const fs::path& path) {
  std::error_code error;
  return fs::is_regular_file(path, error);
}

}  // namespace

Result<std::vector<MetaGraph>> parse_saved_model(std::string_view bytes) {
  std::vector<MetaGraph> graphs;
  const bool read = for_each_field(
      bytes, [&](std::uint32_t tag, std::string_view content, std::uint64_t /*number*/) {
        return tag != kMetaGraphs || read_meta_graph(content, graphs.emplace_back());
      });
  if (!read || graphs.empty()) {
    return Error(ErrorCode::kInput,
                 "it is no SavedModel, or a damaged one; save or copy the model again");
  }
  return graphs;
}

Result<std::vector<MetaGraph>> read_saved_model(const std::string& path) {
  const std::string file = (fs::path(path) / "saved_model.pb").string();
  if (!is_file(file)) {
    return Error(ErrorCode::kInput,
                 fmt::format("there is no saved_model.pb in {}, expected the folder of a "
                             "SavedModel",
                             quote(path)));
  }
  ALINKTF_ASSIGN_OR_RETURN(const auto mapped, sys::MappedFile::open(file));
  return parse_saved_model(mapped.bytes()).context([&] { return quote(file); });
}

bool is_saved_model(const std::string& path) {
  return is_file(fs::path(path) / "saved_model.pb") ||
         is_file(fs::path(path) / "saved_model.pbtxt");
}

}  // namespace alinktf::tensorflow
