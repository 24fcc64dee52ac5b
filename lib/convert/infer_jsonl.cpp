#include "base/text.hpp"
#include "convert/infer.hpp"
#include "convert/value_kind.hpp"
#include "spec/document.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>

namespace alinktf::convert {

namespace {

using spec::Kind;
using spec::Node;
using table::ColumnType;

constexpr std::size_t kRows = 1000;

bool is_whole_number(const Node& node) {
  std::int64_t value = 0;
  const std::string& text = node.text;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size();
}

/// The type of the values in the arrays of a tensor.
std::optional<ColumnType> tensor_type(const Node& node) {
  switch (node.kind) {
    case Kind::kNumber:
      return is_whole_number(node) ? ColumnType::kLongTensor : ColumnType::kDoubleTensor;
    case Kind::kString:
    case Kind::kNull:
      return ColumnType::kStringTensor;
    case Kind::kBool:
      return ColumnType::kBoolTensor;
    case Kind::kObject:
      return {};
    case Kind::kArray:
      break;
  }
  std::optional<ColumnType> type;
  for (const Node& child : node.children) {
    const auto of_child = tensor_type(child);
    const bool numbers =
        type && of_child && *type != *of_child &&
        (*type == ColumnType::kLongTensor || *type == ColumnType::kDoubleTensor) &&
        (*of_child == ColumnType::kLongTensor || *of_child == ColumnType::kDoubleTensor);
    if (!of_child || (type && *type != *of_child && !numbers)) {
      return {};
    }
    type = numbers ? ColumnType::kDoubleTensor : *of_child;
  }
  return type.value_or(ColumnType::kDoubleTensor);
}

/// How deep the arrays of `node` lie in each other, if all of a level are alike.
std::optional<std::size_t> depth_of(const Node& node) {
  if (node.kind != Kind::kArray) {
    return 0;
  }
  std::optional<std::size_t> depth;
  for (const Node& child : node.children) {
    const auto of_child = depth_of(child);
    if (!of_child || (depth && *depth != *of_child)) {
      return {};
    }
    depth = of_child;
  }
  return depth.value_or(0) + 1;
}

bool is_vector(const Node& array) {
  return std::all_of(array.children.begin(), array.children.end(), [](const Node& child) {
    return child.kind == Kind::kNumber;
  });
}

bool is_sparse_vector(const Node& object) {
  const auto has = [&](std::string_view key) {
    return std::any_of(object.children.begin(), object.children.end(), [&](const Node& child) {
      return child.key == key && child.kind == Kind::kArray;
    });
  };
  return has("indices") && has("values");
}

/// The type of a column with this value; nothing if there is none. Not for null.
std::optional<ColumnType> type_of(const Node& node) {
  switch (node.kind) {
    case Kind::kBool:
      return ColumnType::kBoolean;
    case Kind::kNumber:
      return is_whole_number(node) ? ColumnType::kLong : ColumnType::kDouble;
    case Kind::kArray:
      return is_vector(node)  ? ColumnType::kDenseVector
             : depth_of(node) ? tensor_type(node)
                              : std::nullopt;
    case Kind::kObject:
      return is_sparse_vector(node) ? std::optional(ColumnType::kSparseVector) : std::nullopt;
    case Kind::kNull:
    case Kind::kString:
      break;
  }
  return ColumnType::kString;
}

std::optional<ColumnType> merged(ColumnType a, ColumnType b) {
  if (a == b) {
    return a;
  }
  const auto both_of = [&](ColumnType one, ColumnType other) {
    return (a == one && b == other) || (a == other && b == one);
  };
  if (both_of(ColumnType::kLong, ColumnType::kDouble)) {
    return ColumnType::kDouble;
  }
  if (both_of(ColumnType::kLongTensor, ColumnType::kDoubleTensor)) {
    return ColumnType::kDoubleTensor;
  }
  if (both_of(ColumnType::kDenseVector, ColumnType::kSparseVector)) {
    return ColumnType::kVector;
  }
  return {};
}

/// The keys of the objects so far, in their order.
class Keys {
 public:
  void add(const Node& object) {
    for (const Node& member : object.children) {
      add_member(member);
    }
  }

  [[nodiscard]] Inferred result() const {
    Inferred inferred;
    for (const Key& key : keys_) {
      if (key.fits) {
        inferred.schema.push_back({key.name, key.type.value_or(ColumnType::kString)});
      } else {
        inferred.left_out.push_back(key.name);
      }
    }
    return inferred;
  }

 private:
  struct Key {
    std::string name;
    std::optional<ColumnType> type;  ///< nothing: null so far
    bool fits = true;
  };

  void add_member(const Node& member) {
    const auto found = std::find_if(keys_.begin(), keys_.end(), [&](const Key& key) {
      return equal_ignoring_case(key.name, member.key);
    });
    const bool is_new = found == keys_.end();
    Key& key = is_new ? keys_.emplace_back(Key{member.key, {}, can_name(member.key)}) : *found;
    if (member.kind == Kind::kNull) {
      return;
    }
    auto type = type_of(member);
    if (type && key.type) {
      type = merged(*key.type, *type);
    }
    key.fits = key.fits && type;
    key.type = type ? type : key.type;
  }

  std::vector<Key> keys_;
};

}  // namespace

Result<Inferred> infer_jsonl(std::string_view text, bool is_whole) {
  Keys keys;
  std::optional<Error> first_error;
  std::size_t rows = 0;
  for (std::size_t line = 1; !text.empty() && rows < kRows; ++line) {
    const std::size_t end = text.find('\n');
    if (end == std::string_view::npos && !is_whole) {
      break;
    }
    const std::string_view row = trim(text.substr(0, end));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    if (row.empty()) {
      continue;
    }
    auto object = spec::read_json(row);
    if (object.ok() && object.value().kind == Kind::kObject) {
      keys.add(object.value());
      ++rows;
    } else if (!first_error) {
      first_error =
          Error(ErrorCode::kInput,
                fmt::format("line {}: expected a JSON object, found {}", line, quote(row)));
    }
  }
  Inferred inferred = keys.result();
  if (!inferred.schema.empty()) {
    return inferred;
  }
  return first_error.value_or(Error(
      ErrorCode::kInput, "holds no rows, so its columns cannot be told; give --schema \"…\""));
}

}  // namespace alinktf::convert
