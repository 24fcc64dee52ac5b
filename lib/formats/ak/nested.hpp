// Vectors and tensors in .ak records: what Flink's serializers and Kryo make of Alink's classes.
#pragma once

#include "base/bytes.hpp"
#include "formats/ak/kryo.hpp"
#include "formats/ak/value.hpp"
#include "table/type.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace alinktf::ak {

/// Reads vectors and tensors. Its storage is used again and again.
///
/// Source of the layouts: files that Alink 1.6.2 wrote (testdata/golden/ak/types_nested.ak).
class NestedReader {
 public:
  /// Take a value of `type` off `fields`; the bytes of its cell (table/nested.hpp) replace those of
  /// `room`. False if there is none, or one that Alink's sinks do not write: of a class that is not
  /// Alink's, or a part of a larger tensor's values.
  bool read(table::ColumnType type, Fields& fields, Buffer& room);

  struct Text {
    std::size_t begin = 0;  ///< in Scratch::bytes
    std::size_t size = 0;
    bool null = false;
  };
  struct Scratch {
    ClassNames names;
    std::vector<std::int64_t> dims;  ///< or positions
    std::vector<std::int64_t> strides;
    std::vector<double> reals;
    Buffer bytes;  ///< values that do not lie there as they are: integers, or texts
    std::vector<Text> texts;
    std::vector<std::size_t> own;  ///< the texts that are no others again
  };

 private:
  Scratch scratch_;
};

/// Append what NestedReader reads. A dense vector in a column of sparse ones becomes one with all
/// its values, a sparse one in a column of dense ones a dense one. False if it is too large for
/// Java's arrays; bytes may have been appended then.
bool append_nested(table::ColumnType type, std::string_view cell, Buffer& out);

}  // namespace alinktf::ak
