// Payloads of `columns` chunks, put together column by column.
#pragma once

#include "base/bytes.hpp"
#include "formats/columns/parts.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace alinktf::columns {

class Payload {
 public:
  /// `values` as they lie on the wire. `nulls` is a byte a row, or empty for a column without.
  Payload& add(std::string_view name,
               Kind kind,
               const std::string& values,
               const std::string& nulls = {},
               const std::vector<std::uint32_t>& dims = {}) {
    number(static_cast<std::uint32_t>(name.size()));
    bytes_ += name;
    number(static_cast<std::uint8_t>(kind));
    number(static_cast<std::uint8_t>(nulls.empty() ? 0 : 1));
    number(static_cast<std::uint8_t>(dims.size()));
    for (const std::uint32_t dim : dims) {
      number(dim);
    }
    bytes_ += nulls + values;
    ++columns_;
    return *this;
  }

  [[nodiscard]] std::string bytes() const {
    std::string count(sizeof columns_, '\0');
    store_le(count.data(), columns_);
    return count + bytes_;
  }

 private:
  template <typename T>
  void number(T value) {
    bytes_.resize(bytes_.size() + sizeof value);
    store_le(bytes_.data() + bytes_.size() - sizeof value, value);
  }

  std::uint32_t columns_ = 0;
  std::string bytes_;
};

/// Numbers packed.
template <typename T>
std::string packed(const std::vector<T>& values) {
  std::string bytes(values.size() * sizeof(T), '\0');
  for (std::size_t i = 0; i < values.size(); ++i) {
    store_le(bytes.data() + i * sizeof(T), values[i]);
  }
  return bytes;
}

/// Lengths, then bytes.
inline std::string packed_texts(const std::vector<std::string>& texts) {
  std::vector<std::uint32_t> lengths;
  std::string bytes;
  for (const std::string& text : texts) {
    lengths.push_back(static_cast<std::uint32_t>(text.size()));
    bytes += text;
  }
  return packed(lengths) + bytes;
}

}  // namespace alinktf::columns
