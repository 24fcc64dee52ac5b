#include "formats/example/decoder.hpp"

#include "base/assert.hpp"
#include "base/text.hpp"

#include <fmt/format.h>
#include <google/protobuf/arena.h>

#include <algorithm>
#include <limits>
#include <string>
#include <vector>

#include <formats/example/example.pb.h>

namespace alinktf::example {

namespace {

using table::Cell;
using table::ColumnType;
using table::Storage;

/// With its article, for messages.
std::string_view list_name(proto::Feature::KindCase kind) {
  switch (kind) {
    case proto::Feature::kBytesList:
      return "a bytes_list";
    case proto::Feature::kFloatList:
      return "a float_list";
    case proto::Feature::kInt64List:
      return "an int64_list";
    default:
      return "nothing";
  }
}

proto::Feature::KindCase expected_kind(ColumnType type) {
  switch (table::storage(type)) {
    case Storage::kInteger:
      return proto::Feature::kInt64List;
    case Storage::kReal:
      return proto::Feature::kFloatList;
    default:
      return proto::Feature::kBytesList;
  }
}

/// The Python expression that makes a feature of `kind`.
std::string_view how_to_write(proto::Feature::KindCase kind) {
  switch (kind) {
    case proto::Feature::kInt64List:
      return "tf.train.Feature(int64_list=tf.train.Int64List(value=[...]))";
    case proto::Feature::kFloatList:
      return "tf.train.Feature(float_list=tf.train.FloatList(value=[...]))";
    default:
      return "tf.train.Feature(bytes_list=tf.train.BytesList(value=[...]))";
  }
}

struct Range {
  std::int64_t least;
  std::int64_t most;
};

template <typename T>
constexpr Range range_of() {
  return {.least = std::numeric_limits<T>::min(), .most = std::numeric_limits<T>::max()};
}

Range range(ColumnType type) {
  switch (type) {
    case ColumnType::kBoolean:
      return {.least = 0, .most = 1};
    case ColumnType::kByte:
      return range_of<std::int8_t>();
    case ColumnType::kShort:
      return range_of<std::int16_t>();
    case ColumnType::kInt:
      return range_of<std::int32_t>();
    default:
      return range_of<std::int64_t>();
  }
}

struct ByteRange {
  unsigned char least;
  unsigned char most;
};

/// What may follow the first byte of a UTF-8 sequence (RFC 3629: no surrogates, nothing overlong).
ByteRange second_byte(unsigned char first) {
  switch (first) {
    case 0xE0:
      return {.least = 0xA0, .most = 0xBF};
    case 0xED:
      return {.least = 0x80, .most = 0x9F};
    case 0xF0:
      return {.least = 0x90, .most = 0xBF};
    case 0xF4:
      return {.least = 0x80, .most = 0x8F};
    default:
      return {.least = 0x80, .most = 0xBF};
  }
}

/// Length of the UTF-8 sequence that `first` begins, or 0 if it begins none.
std::size_t announced_length(unsigned char first) {
  if (first < 0x80) {
    return 1;
  }
  if (first < 0xC2 || first > 0xF4) {
    return 0;
  }
  return first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
}

/// Length of the well-formed UTF-8 sequence at the front of `text`, or 0; then `bad` is the length
/// of what one U+FFFD stands for.
std::size_t utf8_length(std::string_view text, std::size_t& bad) {
  const auto first = static_cast<unsigned char>(text.front());
  const std::size_t length = announced_length(first);
  bad = 1;
  ByteRange range = second_byte(first);
  for (; bad < length; ++bad) {
    const auto byte = static_cast<unsigned char>(bad < text.size() ? text[bad] : '\0');
    if (byte < range.least || byte > range.most) {
      return 0;
    }
    range = {.least = 0x80, .most = 0xBF};
  }
  return length;
}

/// `text` with U+FFFD in place of what is no UTF-8; `storage` holds it if it had to be changed.
std::string_view as_utf8(std::string_view text, std::string& storage) {
  std::size_t good = 0;
  std::size_t bad = 0;
  while (good < text.size()) {
    const std::size_t length = utf8_length(text.substr(good), bad);
    if (length == 0) {
      break;
    }
    good += length;
  }
  if (good == text.size()) {
    return text;
  }
  storage.assign(text.substr(0, good));
  for (text.remove_prefix(good); !text.empty();) {
    const std::size_t length = utf8_length(text, bad);
    storage += length == 0 ? std::string_view("\xEF\xBF\xBD") : text.substr(0, length);
    text.remove_prefix(length == 0 ? bad : length);
  }
  return storage;
}

}  // namespace

class Decoder::Impl {
 public:
  explicit Impl(table::Schema schema)
      : schema_(std::move(schema)),
        repaired_(schema_.size()),
        example_(google::protobuf::Arena::CreateMessage<proto::Example>(&arena_)) {
    for (const table::Column& column : schema_) {
      ALINKTF_ASSERT(table::storage(column.type) != Storage::kNested);
    }
  }

  [[nodiscard]] const table::Schema& schema() const { return schema_; }

  Result<void> decode(std::string_view serialized, Cell* row) {
    held_bytes_ += serialized.size();
    if (arena_.SpaceUsed() > kHeldBytes || held_bytes_ > kHeldBytes) {
      arena_.Reset();
      example_ = google::protobuf::Arena::CreateMessage<proto::Example>(&arena_);
      held_bytes_ = serialized.size();
    }
    if (serialized.size() > std::numeric_limits<int>::max() ||
        !example_->ParseFromArray(serialized.data(), static_cast<int>(serialized.size()))) {
      return Error(ErrorCode::kWorker,
                   fmt::format("found {} bytes that are no tf.train.Example; write "
                               "example.SerializeToString() or the Example itself",
                               serialized.size()));
    }
    const auto& features = example_->features().feature();
    for (std::size_t i = 0; i < schema_.size(); ++i) {
      const auto found = features.find(schema_[i].name);
      if (found == features.end()) {
        return absent(schema_[i]);
      }
      ALINKTF_TRY(decode_feature(found->second, i, row[i]));
    }
    return {};
  }

 private:
  // The entries of a map in an arena, and the texts they hold outside of it, are freed only with
  // the arena: it is given back when this much has been parsed.
  static constexpr std::size_t kHeldBytes = std::size_t{1} << 20U;

  [[nodiscard]] Error absent(const table::Column& column) const {
    std::vector<std::string> names;
    for (const auto& entry : example_->features().feature()) {
      names.push_back(quote(entry.first));
    }
    std::sort(names.begin(), names.end());
    const std::string there =
        names.empty() ? "none at all" : fmt::format("{}", fmt::join(names, ", "));
    return {ErrorCode::kWorker,
            fmt::format("column {} ({}): the Example has no such feature; it has {}",
                        quote(column.name),
                        table::type_name(column.type),
                        there)};
  }

  static Error bad_value(const table::Column& column, std::string_view what) {
    return {
        ErrorCode::kWorker,
        fmt::format("column {} ({}): {}", quote(column.name), table::type_name(column.type), what)};
  }

  Result<void> decode_feature(const proto::Feature& feature, std::size_t index, Cell& cell) {
    const table::Column& column = schema_[index];
    const proto::Feature::KindCase kind = feature.kind_case();
    const proto::Feature::KindCase expected = expected_kind(column.type);
    const int size = kind == proto::Feature::kInt64List   ? feature.int64_list().value_size()
                     : kind == proto::Feature::kFloatList ? feature.float_list().value_size()
                     : kind == proto::Feature::kBytesList ? feature.bytes_list().value_size()
                                                          : 0;
    if (size == 0) {
      cell = Cell::of_null();
      return {};
    }
    if (kind != expected) {
      return bad_value(column,
                       fmt::format("found {}, expected {}; write {}",
                                   list_name(kind),
                                   list_name(expected),
                                   how_to_write(expected)));
    }
    if (size != 1) {
      return bad_value(column,
                       fmt::format("found {} values, expected one; write one value a row", size));
    }
    if (expected == proto::Feature::kFloatList) {
      cell = Cell::of_real(static_cast<double>(feature.float_list().value(0)));
      return {};
    }
    if (expected == proto::Feature::kInt64List) {
      return decode_integer(column, feature.int64_list().value(0), cell);
    }
    const std::string& bytes = feature.bytes_list().value(0);
    const bool is_text = column.type != ColumnType::kVarbinary;
    cell = Cell::of_bytes(is_text ? as_utf8(bytes, repaired_[index]) : bytes);
    return {};
  }

  static Result<void> decode_integer(const table::Column& column, std::int64_t value, Cell& cell) {
    const Range allowed = range(column.type);
    if (value < allowed.least || value > allowed.most) {
      return bad_value(column,
                       fmt::format("found {}, expected {} to {}; declare the column as BIGINT "
                                   "in outputSchemaStr if such values are right",
                                   value,
                                   allowed.least,
                                   allowed.most));
    }
    cell = Cell::of_integer(value);
    return {};
  }

  table::Schema schema_;
  std::vector<std::string> repaired_;  ///< Per column: its text, if it was no UTF-8.
  google::protobuf::Arena arena_;
  proto::Example* example_;  ///< In arena_.
  std::size_t held_bytes_ = 0;
};

Decoder::Decoder(table::Schema schema) : impl_(std::make_unique<Impl>(std::move(schema))) {}
Decoder::Decoder(Decoder&&) noexcept = default;
Decoder& Decoder::operator=(Decoder&&) noexcept = default;
Decoder::~Decoder() = default;

const table::Schema& Decoder::schema() const {
  return impl_->schema();
}

Result<void> Decoder::decode(std::string_view serialized, Cell* row) {
  return impl_->decode(serialized, row);
}

}  // namespace alinktf::example
