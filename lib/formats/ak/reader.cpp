#include "formats/ak/reader.hpp"

#include "base/text.hpp"
#include "formats/ak/meta.hpp"

#include <fmt/format.h>

#include <bit>
#include <string>

namespace alinktf::ak {

namespace {

using table::Cell;
using table::ColumnType;

constexpr std::size_t kReadBytes = std::size_t{1} << 17U;
constexpr std::size_t kMostMetaBytes = std::size_t{16} << 20U;
constexpr std::size_t kMostRowBytes = std::size_t{1} << 30U;
constexpr std::size_t kMagicBytes = 3;
constexpr std::size_t kShortLength = 3;
constexpr std::uint32_t kLongLength = 0xFFFFFF;
constexpr std::size_t kKindBits = 2;  // FLK: what has become of the row stands before its nulls

template <typename Signed, typename Unsigned>
bool set_integer(std::optional<Unsigned> value, Cell& cell) {
  cell = Cell::of_integer(static_cast<Signed>(value.value_or(0)));
  return value.has_value();
}

}  // namespace

Result<std::unique_ptr<Reader>> Reader::open(std::unique_ptr<ByteSource> source) {
  // The constructor is private, so std::make_unique cannot call it.
  std::unique_ptr<Reader> reader(new Reader(std::move(source)));
  ALINKTF_TRY(reader->read_meta().context(
      [&] { return fmt::format("input '{}': is no .ak file", reader->archive_.name()); }));
  return reader;
}

Result<void> Reader::read_meta() {
  ALINKTF_ASSIGN_OR_RETURN(const auto entry, archive_.next());
  if (!entry || !equal_ignoring_case(entry->name, kMetaName)) {
    return Error(ErrorCode::kInput,
                 fmt::format("the archive begins with {}, expected {}",
                             entry ? quote(entry->name) : "its end",
                             kMetaName));
  }
  std::string json;
  for (std::size_t got = 1; got != 0;) {
    if (json.size() > kMostMetaBytes) {
      return Error(ErrorCode::kInput,
                   fmt::format("{} is larger than {} bytes", kMetaName, kMostMetaBytes));
    }
    char piece[4096];
    ALINKTF_ASSIGN_OR_RETURN(got, archive_.read(piece, sizeof piece));
    json.append(piece, got);
  }
  ALINKTF_ASSIGN_OR_RETURN(schema_, parse_meta(json));
  return check_schema(schema_, kMetaName, ErrorCode::kInput);
}

Error Reader::bad(std::string_view what) const {
  return {
      ErrorCode::kInput,
      fmt::format("{}: row {} at byte {} of the data: {}", archive_.name(), row_, offset_, what)};
}

Result<void> Reader::read(table::RowBlock& block) {
  arena_.clear();
  return failed_.read(block, [&] { return fill(block); });
}

Result<void> Reader::fill(table::RowBlock& block) {
  while (true) {
    ALINKTF_TRY(add_rows(block));
    // Moving the bytes would pull the texts from under the rows that are in the block.
    if (block.rows() != 0) {
      return {};
    }
    ALINKTF_ASSIGN_OR_RETURN(const bool more, refill());
    if (!more) {
      return {};
    }
  }
}

/// Where the record at hand begins, behind its length, which goes to `size`; nothing if not all of
/// that is in memory.
std::optional<std::size_t> Reader::frame_head(std::size_t& size) const {
  constexpr std::size_t kFour = 4;
  const char* const at = bytes_.data() + used_;
  if (framing_ == Framing::kFlink) {
    if (unread() < kFour) {
      return std::nullopt;
    }
    size = load_be<std::uint32_t>(at);
    return kFour;
  }
  if (unread() < kShortLength) {
    return std::nullopt;
  }
  size = std::size_t{load_be<std::uint16_t>(at)} << 8U | static_cast<unsigned char>(at[2]);
  if (size != kLongLength) {
    return kShortLength;
  }
  if (unread() < kShortLength + kFour) {
    return std::nullopt;
  }
  size = load_be<std::uint32_t>(at + kShortLength);
  return kShortLength + kFour;
}

Result<void> Reader::check_size(std::size_t size) const {
  return size <= kMostRowBytes
             ? Result<void>()
             : bad(fmt::format("found a row of {} bytes, expected at most {}; the file is damaged",
                               size,
                               kMostRowBytes));
}

/// Parse the records that are in memory, or as many as there is room for.
Result<void> Reader::add_rows(table::RowBlock& block) {
  while (in_data_ && !block.full()) {
    std::size_t size = 0;
    const auto head = frame_head(size);
    if (!head) {
      return {};
    }
    ALINKTF_TRY(check_size(size));
    if (unread() - *head < size) {
      return {};
    }
    ALINKTF_TRY(parse({bytes_.data() + used_ + *head, size}, block.next_row()));
    used_ += *head + size;
    offset_ += *head + size;
    ++row_;
    block.add_row();
  }
  return {};
}

/// Read more of the data, or find that there is no more: false then.
Result<bool> Reader::refill() {
  if (in_data_) {
    ALINKTF_ASSIGN_OR_RETURN(const bool more, read_more());
    if (more) {
      return true;
    }
    if (unread() != 0) {
      return bad(fmt::format("the data end after {} bytes of it; the file is damaged", unread()));
    }
    in_data_ = false;
  }
  return next_data();
}

/// Read behind what is unread. False at the end of the entry.
Result<bool> Reader::read_more() {
  bytes_.consume(used_);
  used_ = 0;
  // Grow with what has really arrived: a wrong length must not allocate a gigabyte.
  const std::size_t step = std::max(kReadBytes, bytes_.size());
  ALINKTF_ASSIGN_OR_RETURN(const std::size_t got, archive_.read(bytes_.reserve(step), step));
  bytes_.commit(got);
  return got != 0;
}

/// Begin the next entry that holds data. False at the end of the archive.
Result<bool> Reader::next_data() {
  ALINKTF_ASSIGN_OR_RETURN(auto entry, archive_.next());
  while (entry && entry->directory) {
    ALINKTF_ASSIGN_OR_RETURN(entry, archive_.next());
  }
  if (!entry) {
    return false;
  }
  offset_ = 0;
  while (unread() < kMagicBytes) {
    ALINKTF_ASSIGN_OR_RETURN(const bool more, read_more());
    if (!more) {
      break;
    }
  }
  const std::string_view magic = bytes_.view().substr(used_).substr(0, kMagicBytes);
  if (magic != kMagic && magic != kFlinkMagic) {
    return bad(fmt::format("found {} at the beginning of entry {}, expected {} or {}",
                           quote(magic),
                           quote(entry->name),
                           kMagic,
                           kFlinkMagic));
  }
  framing_ = magic == kMagic ? Framing::kAlink : Framing::kFlink;
  used_ += kMagicBytes;
  offset_ += kMagicBytes;
  in_data_ = true;
  return true;
}

Result<void> Reader::parse(std::string_view record, Cell* row) {
  const std::size_t skipped = framing_ == Framing::kFlink ? kKindBits : 0;
  Fields fields(record);
  const auto mask = fields.bytes((skipped + schema_.size() + 7) / 8);
  if (!mask) {
    return bad(fmt::format("found a row of {} bytes, expected {} columns; the file is damaged",
                           record.size(),
                           schema_.size()));
  }
  for (std::size_t i = 0; i < schema_.size(); ++i) {
    const auto bits = static_cast<unsigned char>((*mask)[(skipped + i) / 8]);
    if ((bits & 0x80U >> (skipped + i) % 8) != 0) {
      row[i] = Cell::of_null();
    } else if (!parse_field(schema_[i].type, fields, row[i])) {
      return bad(
          fmt::format("column {}: expected a {}, found bytes that are none; the file is "
                      "damaged",
                      quote(schema_[i].name),
                      table::type_name(schema_[i].type)));
    }
  }
  return fields.empty() ? Result<void>()
                        : bad(fmt::format("found {} bytes behind the last column; the file is "
                                          "damaged",
                                          fields.size()));
}

/// False if there is no such value.
bool Reader::parse_field(ColumnType type, Fields& fields, Cell& cell) {
  switch (type) {
    case ColumnType::kBoolean: {
      const auto value = fields.number<std::uint8_t>();
      cell = Cell::of_integer(value.value_or(0));
      return value && *value <= 1;
    }
    case ColumnType::kByte:
      return set_integer<std::int8_t>(fields.number<std::uint8_t>(), cell);
    case ColumnType::kShort:
      return set_integer<std::int16_t>(fields.number<std::uint16_t>(), cell);
    case ColumnType::kInt:
      return set_integer<std::int32_t>(fields.number<std::uint32_t>(), cell);
    case ColumnType::kLong:
      return set_integer<std::int64_t>(fields.number<std::uint64_t>(), cell);
    case ColumnType::kFloat: {
      const auto bits = fields.number<std::uint32_t>();
      cell = Cell::of_real(std::bit_cast<float>(bits.value_or(0)));
      return bits.has_value();
    }
    case ColumnType::kDouble: {
      const auto bits = fields.number<std::uint64_t>();
      cell = Cell::of_real(std::bit_cast<double>(bits.value_or(0)));
      return bits.has_value();
    }
    default:
      return parse_bytes(type, fields, cell);
  }
}

bool Reader::parse_bytes(ColumnType type, Fields& fields, Cell& cell) {
  if (table::storage(type) == table::Storage::kNested) {
    const bool good = nested_.read(type, fields, room_);
    cell = Cell::of_bytes(arena_.keep(room_.view()));
    return good;
  }
  std::optional<std::string_view> bytes;
  bool null = false;
  room_.clear();
  if (type == ColumnType::kString) {
    bytes = fields.text(room_, null);
  } else if (type == ColumnType::kDecimal) {
    bytes = fields.decimal(room_, null);
  } else if (type == ColumnType::kVarbinary) {
    const auto size = fields.number<std::uint32_t>();
    bytes = size ? fields.bytes(*size) : std::nullopt;
  } else {
    const auto milliseconds = fields.number<std::uint64_t>();
    const auto nanoseconds = type == ColumnType::kTimestamp ? fields.number<std::uint32_t>()
                                                            : std::optional(std::uint32_t{0});
    if (milliseconds && nanoseconds) {
      bytes = print_instant(type,
                            {.milliseconds = static_cast<std::int64_t>(*milliseconds),
                             .nanoseconds = static_cast<std::int32_t>(*nanoseconds)},
                            room_);
    }
  }
  if (!bytes) {
    return false;
  }
  cell = null ? Cell::of_null() : Cell::of_bytes(room_.empty() ? *bytes : arena_.keep(*bytes));
  return true;
}

}  // namespace alinktf::ak
