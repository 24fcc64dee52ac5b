// Where readers keep the bytes of cells that do not lie in their input.
#pragma once

#include <algorithm>
#include <cstddef>
#include <memory>
#include <string_view>
#include <vector>

namespace alinktf::table {

/// Bytes that stay where they are until clear(). Keeps its storage for the next block of rows,
/// but for that of giant values.
class Arena {
 public:
  /// A copy of `bytes` that lives until clear().
  std::string_view keep(std::string_view bytes) {
    if (pieces_.empty() || pieces_.back().size - used_ < bytes.size()) {
      next_piece(bytes.size());
    }
    char* const to = pieces_.back().bytes.get() + used_;
    used_ += bytes.copy(to, bytes.size());
    return {to, bytes.size()};
  }

  /// Give up all that has been kept.
  void clear() {
    const bool keep_first = !pieces_.empty() && pieces_.front().size == kPieceBytes;
    pieces_.resize(keep_first ? 1 : 0);
    used_ = 0;
  }

 private:
  static constexpr std::size_t kPieceBytes = std::size_t{32} << 10U;

  struct Piece {
    std::unique_ptr<char[]> bytes;
    std::size_t size = 0;
  };

  void next_piece(std::size_t least) {
    const std::size_t size = std::max(least, kPieceBytes);
    pieces_.push_back({.bytes = std::make_unique_for_overwrite<char[]>(size), .size = size});
    used_ = 0;
  }

  std::vector<Piece> pieces_;
  std::size_t used_ = 0;  ///< Of the last piece.
};

}  // namespace alinktf::table
