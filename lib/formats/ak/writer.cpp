#include "formats/ak/writer.hpp"

#include "base/assert.hpp"
#include "base/text.hpp"
#include "formats/ak/meta.hpp"
#include "formats/ak/nested.hpp"
#include "formats/ak/value.hpp"

#include <fmt/format.h>

#include <bit>

namespace alinktf::ak {

namespace {

using table::Cell;
using table::ColumnType;

constexpr std::size_t kMostRowBytes = std::size_t{1} << 30U;
constexpr std::size_t kShortLength = 3;
constexpr std::uint32_t kLongLength = 0xFFFFFF;

void append_integer(ColumnType type, std::int64_t value, Buffer& out) {
  switch (type) {
    case ColumnType::kBoolean:
    case ColumnType::kByte:
      out.push_back(static_cast<char>(value));
      break;
    case ColumnType::kShort:
      append_be(static_cast<std::uint16_t>(value), out);
      break;
    case ColumnType::kInt:
      append_be(static_cast<std::uint32_t>(value), out);
      break;
    default:
      append_be(static_cast<std::uint64_t>(value), out);
      break;
  }
}

void append_real(ColumnType type, double value, Buffer& out) {
  if (type == ColumnType::kFloat) {
    append_be(std::bit_cast<std::uint32_t>(static_cast<float>(value)), out);
  } else {
    append_be(std::bit_cast<std::uint64_t>(value), out);
  }
}

Result<void> append_instant(const table::Column& column, std::string_view text, Buffer& out) {
  const auto instant = parse_instant(column.type, text);
  if (!instant) {
    return Error(ErrorCode::kInput,
                 fmt::format("column {}: found {}, expected a {} such as {}",
                             quote(column.name),
                             quote(text),
                             table::type_name(column.type),
                             column.type == ColumnType::kDate   ? "2021-01-31"
                             : column.type == ColumnType::kTime ? "12:30:00"
                                                                : "2021-01-31 12:30:00.0"));
  }
  append_be(static_cast<std::uint64_t>(instant->milliseconds), out);
  if (column.type == ColumnType::kTimestamp) {
    append_be(static_cast<std::uint32_t>(instant->nanoseconds), out);
  }
  return {};
}

}  // namespace

Writer::Writer(table::Schema schema) : schema_(std::move(schema)) {}

Result<void> Writer::append_field(std::size_t index, const Cell& cell, Buffer& out) const {
  const table::Column& column = schema_[index];
  switch (table::storage(column.type)) {
    case table::Storage::kInteger:
      append_integer(column.type, cell.integer, out);
      return {};
    case table::Storage::kReal:
      append_real(column.type, cell.real, out);
      return {};
    case table::Storage::kBytes:
      break;
    case table::Storage::kNested:
      return append_nested(column.type, cell.bytes(), out)
                 ? Result<void>()
                 : Error(ErrorCode::kInput,
                         fmt::format("column {}: found a {} that is too large for Java's arrays",
                                     quote(column.name),
                                     table::type_name(column.type)));
  }
  if (column.type == ColumnType::kString) {
    append_text(cell.bytes(), out);
  } else if (column.type == ColumnType::kVarbinary) {
    append_be(cell.size, out);
    out.append(cell.bytes());
  } else if (column.type != ColumnType::kDecimal) {
    return append_instant(column, cell.bytes(), out);
  } else if (!append_decimal(cell.bytes(), out)) {
    return Error(ErrorCode::kInput,
                 fmt::format("column {}: found a number of {} digits, expected at most 9800",
                             quote(column.name),
                             cell.size));
  }
  return {};
}

Result<void> Writer::append_row(std::span<const Cell> row, Buffer& out) const {
  ALINKTF_ASSERT(row.size() == schema_.size());
  const std::size_t begin = out.size();
  const std::size_t mask_bytes = (row.size() + 7) / 8;
  std::memset(out.reserve(kShortLength + mask_bytes), 0, kShortLength + mask_bytes);
  out.commit(kShortLength + mask_bytes);
  for (std::size_t i = 0; i < row.size(); ++i) {
    if (row[i].null) {
      char& mask = out.data()[begin + kShortLength + i / 8];
      mask = static_cast<char>(static_cast<unsigned char>(mask) | 0x80U >> i % 8);
      continue;
    }
    Result<void> appended = append_field(i, row[i], out);
    if (!appended.ok()) {
      out.truncate(begin);
      return appended;
    }
  }
  const std::size_t size = out.size() - begin - kShortLength;
  if (size > kMostRowBytes) {
    out.truncate(begin);
    return Error(ErrorCode::kInput,
                 fmt::format("the row has {} bytes, expected at most {}", size, kMostRowBytes));
  }
  Buffer length;
  append_be(static_cast<std::uint32_t>(size), length);
  if (size >= kLongLength) {  // three bytes of ones, and four more for the length
    out.reserve(length.size());
    char* const at = out.data() + begin;
    std::memmove(at + kShortLength + length.size(), at + kShortLength, size);
    std::memset(at, 0xFF, kShortLength);
    std::memcpy(at + kShortLength, length.data(), length.size());
    out.commit(length.size());
  } else {
    std::memcpy(out.data() + begin, length.data() + 1, kShortLength);
  }
  return {};
}

Container::Container(const table::Schema& schema) : meta_(meta_of(schema)) {}

Result<void> Container::begin(Buffer& out) {
  if (begun_) {
    return {};
  }
  begun_ = true;
  zip_.begin(kMetaName, out);
  ALINKTF_TRY(zip_.add(meta_, out));
  ALINKTF_TRY(zip_.end(out));
  zip_.begin(kDataName, out);
  return zip_.add(kMagic, out);
}

Result<void> Container::add(std::string_view records, Buffer& out) {
  ALINKTF_TRY(begin(out));
  return zip_.add(records, out);
}

Result<void> Container::flush(Buffer& out) {
  ALINKTF_TRY(begin(out));
  return zip_.flush(out);
}

Result<void> Container::finish(Buffer& out) {
  ALINKTF_TRY(begin(out));
  ALINKTF_TRY(zip_.end(out));
  zip_.finish(out);
  return {};
}

}  // namespace alinktf::ak
