#include "formats/columns/parts.hpp"

#include "base/bytes.hpp"

#include <fmt/format.h>

namespace alinktf::columns {

namespace {

constexpr std::uint8_t kHasNulls = 1;

Error malformed(std::string_view what) {
  return {ErrorCode::kWorker,
          std::string("a chunk of columns ")
              .append(what)
              .append("; only the runtime's output_writer may write to descriptor 4")};
}

/// Bytes of one value on the wire; of a text, of its length.
std::size_t value_bytes(Kind kind) {
  switch (kind) {
    case Kind::kNone:
      return 0;
    case Kind::kBool:
      return 1;
    case Kind::kFloat32:
    case Kind::kBytes:
      return 4;
    default:
      return 8;
  }
}

}  // namespace

bool Parts::take(std::size_t size, std::string_view& bytes) {
  if (size > rest_.size()) {
    return false;
  }
  bytes = rest_.substr(0, size);
  rest_.remove_prefix(size);
  return true;
}

template <typename T>
bool Parts::take_number(T& value) {
  std::string_view bytes;
  if (!take(sizeof value, bytes)) {
    return false;
  }
  value = load_le<T>(bytes.data());
  return true;
}

Result<std::uint32_t> Parts::begin() {
  std::uint32_t columns = 0;
  if (!take_number(columns) || columns == 0) {
    return malformed("has no columns");
  }
  return columns;
}

Result<Part> Parts::next() {
  Part part;
  std::uint32_t name_bytes = 0;
  std::uint8_t flags = 0;
  if (!take_number(name_bytes) || !take(name_bytes, part.name) || !take_number(part.kind) ||
      !take_number(flags) || !take_shape(part)) {
    return malformed("ends inside the head of a column, or has an inner shape of nothing");
  }
  const bool has_nulls = (flags & kHasNulls) != 0;
  if (part.kind > Kind::kBytes || flags > kHasNulls) {
    return malformed("has a column of an unknown kind");
  }
  std::string_view nulls;
  if ((has_nulls && !take(records_, nulls)) || !take_values(part)) {
    return malformed("ends inside the values of a column");
  }
  // The nulls of a column without values make sure that no number of rows comes without bytes.
  if (part.kind == Kind::kNone && (!has_nulls || nulls.find('\0') != std::string_view::npos)) {
    return malformed("has a column of nothing that is not null");
  }
  part.nulls = has_nulls ? nulls.data() : nullptr;
  return part;
}

bool Parts::take_shape(Part& part) {
  std::uint8_t rank = 0;
  if (!take_number(rank) || !take(rank * sizeof(std::uint32_t), part.dims)) {
    return false;
  }
  for (std::size_t at = 0; at < part.dims.size(); at += sizeof(std::uint32_t)) {
    const auto dim = load_le<std::uint32_t>(part.dims.data() + at);
    // Far more than fits into a payload; the product must not overflow.
    constexpr std::size_t kMost = std::size_t{1} << 32U;
    if (dim == 0 || part.count > kMost / dim) {
      return false;
    }
    part.count *= dim;
  }
  return true;
}

bool Parts::take_values(Part& part) {
  const std::size_t row_bytes = part.count * value_bytes(part.kind);
  std::string_view fixed;
  if (records_ != 0 && row_bytes > rest_.size() / records_) {
    return false;
  }
  take(row_bytes * records_, fixed);
  part.values = fixed.data();
  if (part.kind != Kind::kBytes) {
    return true;
  }
  part.lengths = fixed.data();
  std::size_t total = 0;  // of at most 2^30 lengths of 32 bits
  for (std::size_t at = 0; at < fixed.size(); at += sizeof(std::uint32_t)) {
    total += load_le<std::uint32_t>(fixed.data() + at);
  }
  std::string_view texts;
  const bool whole = take(total, texts);
  part.values = texts.data();
  return whole;
}

Result<void> Parts::end() const {
  return rest_.empty() ? Result<void>() : malformed("goes on behind its last column");
}

}  // namespace alinktf::columns
