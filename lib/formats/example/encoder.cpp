#include "formats/example/encoder.hpp"

#include "base/assert.hpp"
#include "base/text.hpp"
#include "formats/example/wire.hpp"
#include "formats/text_form/decimal.hpp"
#include "formats/tfrecord/framing.hpp"

#include <fmt/format.h>

#include <array>
#include <bit>

namespace alinktf::example {

namespace {

using table::Cell;
using table::Storage;

using namespace wire;  // NOLINT(google-build-using-namespace): of our own, and small.

/// Heads are copied in steps of this size; what is written too much is overwritten next.
constexpr std::size_t kCopyStep = 16;

void append_varint(std::uint64_t value, std::string& out) {
  std::array<char, kMaxVarintBytes> bytes{};
  out.append(bytes.data(), write_varint(value, bytes.data()));
}

/// `tag`, the length of `content`, `content`.
std::string field(char tag, const std::string& content) {
  std::string out(1, tag);
  append_varint(content.size(), out);
  return out + content;
}

/// What field(`tag`, …) puts before a content of `bytes` bytes.
std::string field_head(char tag, std::size_t bytes) {
  std::string out(1, tag);
  append_varint(bytes, out);
  return out;
}

}  // namespace

Encoder::Encoder(const table::Schema& schema) {
  for (const table::Column& column : schema) {
    add_column(column);
  }
  head_bytes_.append(kCopyStep, '\0');
  fixed_bound_ += 1 + kMaxLengthBytes + kCopyStep;
}

Encoder::Way Encoder::way_of(table::ColumnType type) {
  switch (table::storage(type)) {
    case Storage::kReal:
      return Way::kReal;
    case Storage::kInteger:
      return Way::kInteger;
    case Storage::kBytes:
      return type == table::ColumnType::kDecimal ? Way::kDecimal : Way::kBytes;
    default:
      return Way::kNested;
  }
}

std::uint32_t Encoder::add_head(const std::string& bytes) {
  heads_.push_back({.offset = static_cast<std::uint32_t>(head_bytes_.size()),
                    .size = static_cast<std::uint32_t>(bytes.size())});
  head_bytes_ += bytes;
  return static_cast<std::uint32_t>(heads_.size() - 1);
}

void Encoder::add_column(const table::Column& column) {
  const Way way = way_of(column.type);
  const std::string key = field(kKey, column.name);
  // The head of a value of `value_bytes` bytes in a list with the tag `list`.
  const auto head = [&](char list, std::size_t value_bytes) {
    const std::string inside = field_head(kItem, value_bytes);
    const std::string list_head = field_head(list, inside.size() + value_bytes) + inside;
    const std::string entry = key + field_head(kValue, list_head.size() + value_bytes) + list_head;
    return field_head(kEntry, entry.size() + value_bytes) + entry;
  };
  Column made{.way = way, .first_head = static_cast<std::uint32_t>(heads_.size()), .null_head = 0};
  if (way == Way::kReal || way == Way::kDecimal) {
    add_head(head(kFloatList, sizeof(float)));
  } else if (way == Way::kInteger) {
    for (std::size_t bytes = 1; bytes <= kMaxVarintBytes; ++bytes) {
      add_head(head(kInt64List, bytes));
    }
  } else {
    add_head(key);
    if (way == Way::kBytes) {
      bytes_columns_.push_back(static_cast<std::uint32_t>(columns_.size()));
    } else {
      nested_columns_.push_back({.index = columns_.size(), .column = column});
    }
  }
  made.null_head = add_head(field(kEntry, key + field(kValue, "")));
  // Four lengths and tags (entry, value, list, item), the key, and a number.
  fixed_bound_ += 4 * (1 + kMaxLengthBytes) + key.size() + kMaxVarintBytes;
  columns_.push_back(made);
}

char* Encoder::copy_head(std::uint32_t index, char* to) const {
  const Head head = heads_[index];
  const char* const from = head_bytes_.data() + head.offset;
  for (std::size_t i = 0; i < head.size; i += kCopyStep) {
    std::memcpy(to + i, from + i, kCopyStep);
  }
  return to + head.size;
}

/// All of an entry that stands before the message of `list_bytes` bytes of its list.
inline char* Encoder::write_list_head(const Column& column,
                                      char list,
                                      std::size_t list_bytes,
                                      char* to) const {
  const std::size_t feature_bytes = 1 + varint_bytes(list_bytes) + list_bytes;
  const std::size_t entry_bytes =
      heads_[column.first_head].size + 1 + varint_bytes(feature_bytes) + feature_bytes;
  *to++ = kEntry;
  to = copy_head(column.first_head, write_varint(entry_bytes, to));
  *to++ = kValue;
  to = write_varint(feature_bytes, to);
  *to++ = list;
  return write_varint(list_bytes, to);
}

char* Encoder::write_bytes_entry(const Column& column, std::string_view value, char* to) const {
  const std::size_t list_bytes = 1 + varint_bytes(value.size()) + value.size();
  to = write_list_head(column, kBytesList, list_bytes, to);
  *to++ = kItem;
  to = write_varint(value.size(), to);
  return to + value.copy(to, value.size());
}

inline char* Encoder::write_entry(const Column& column, const Cell& cell, char* to) {
  if (cell.null) {
    return copy_head(column.null_head, to);
  }
  switch (column.way) {
    case Way::kReal:
      to = copy_head(column.first_head, to);
      store_le(to, static_cast<float>(cell.real));
      return to + sizeof(float);
    case Way::kDecimal:
      to = copy_head(column.first_head, to);
      store_le(to, text_form::decimal_to_float(cell.bytes()));
      return to + sizeof(float);
    case Way::kInteger: {
      const auto value = static_cast<std::uint64_t>(cell.integer);
      const auto bytes = static_cast<std::uint32_t>(varint_bytes(value));
      return write_varint(value, copy_head(column.first_head + bytes - 1, to));
    }
    case Way::kBytes:
      return write_bytes_entry(column, cell.bytes(), to);
    default: {
      const NestedList& list = lists_[next_list_++];
      return list.write(write_list_head(column, list.tag(), list.size(), to));
    }
  }
}

std::size_t Encoder::write_example(std::span<const Cell> row, char* to) {
  ALINKTF_ASSERT(row.size() == columns_.size());
  // The length of the features stands before them. It is guessed to need as many bytes as in the
  // row before, and the features are moved in the rare case that it does not.
  char* const entries = to + 1 + length_bytes_;
  char* end = entries;
  for (std::size_t i = 0; i < row.size(); ++i) {
    end = write_entry(columns_[i], row[i], end);
  }
  const auto size = static_cast<std::size_t>(end - entries);
  const std::size_t length_bytes = varint_bytes(size);
  if (length_bytes != length_bytes_) {
    std::memmove(to + 1 + length_bytes, entries, size);
    length_bytes_ = length_bytes;
  }
  *to = kFeatures;
  write_varint(size, to + 1);
  return 1 + length_bytes + size;
}

std::size_t Encoder::bound(std::span<const Cell> row) const {
  std::size_t bytes = fixed_bound_ + lists_bound_;
  for (const std::uint32_t column : bytes_columns_) {
    bytes += row[column].null ? 0 : row[column].size;
  }
  return bytes;
}

Result<void> Encoder::measure(std::span<const Cell> row) {
  lists_.clear();
  next_list_ = 0;
  lists_bound_ = 0;
  for (const auto& [index, column] : nested_columns_) {
    if (row[index].null) {
      continue;
    }
    if (const table::NestedView value(row[index].bytes()); !NestedList::fits(value)) {
      return Error(ErrorCode::kInput,
                   fmt::format("column {} ({}): found a sparse vector of size {}, expected at most "
                               "{} and positions below the size; it becomes a dense list",
                               quote(column.name),
                               table::type_name(column.type),
                               value.dense_size(),
                               NestedList::kMaxDenseSize));
    }
    lists_bound_ += lists_.emplace_back(row[index].bytes()).size();
  }
  return {};
}

Result<void> Encoder::append(std::span<const Cell> row, Buffer& out) {
  if (!nested_columns_.empty()) {
    ALINKTF_TRY(measure(row));
  }
  out.commit(write_example(row, out.reserve(bound(row))));
  return {};
}

Result<void> Encoder::append_field(char tag, std::span<const Cell> row, Buffer& out) {
  if (!nested_columns_.empty()) {
    ALINKTF_TRY(measure(row));
  }
  char* const at = out.reserve(1 + kMaxVarintBytes + bound(row));
  char* const example = at + 1 + field_length_bytes_;
  const std::size_t size = write_example(row, example);
  const std::size_t length_bytes = varint_bytes(size);
  if (length_bytes != field_length_bytes_) {
    std::memmove(at + 1 + length_bytes, example, size);
    field_length_bytes_ = length_bytes;
  }
  *at = tag;
  write_varint(size, at + 1);
  out.commit(1 + length_bytes + size);
  return {};
}

Result<void> Encoder::append_framed(std::span<const Cell> row, Buffer& out) {
  if (!nested_columns_.empty()) {
    ALINKTF_TRY(measure(row));
  }
  char* const at = out.reserve(tfrecord::kHeaderBytes + bound(row) + tfrecord::kFooterBytes);
  const std::size_t size = write_example(row, at + tfrecord::kHeaderBytes);
  tfrecord::write_frame(at, size);
  out.commit(tfrecord::kHeaderBytes + size + tfrecord::kFooterBytes);
  return {};
}

}  // namespace alinktf::example
