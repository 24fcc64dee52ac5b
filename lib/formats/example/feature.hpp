// One tf.train.Feature as it lies in a record.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace alinktf::example {

enum class Kind : std::uint8_t { kNone, kBytesList, kFloatList, kInt64List };

/// The values of a Feature. Views of its record.
struct Feature {
  Kind kind = Kind::kNone;
  /// The message is one list in one piece, and that is all of it. So every writer writes them.
  bool canonical = false;
  std::size_t pieces = 0;
  std::size_t count = 0;  ///< Of values.
  /// The first piece: numbers packed (floats little endian, integers as varints), or one text.
  std::string_view first;
  std::string_view message;  ///< From where the last kind begins.
};

/// Look at the Feature message `message`. False where protobuf would not parse it.
///
/// As in protobuf the last kind counts, lists of the same kind follow one another, numbers need not
/// be packed, and unknown fields are passed over.
bool scan_feature(std::string_view message, Feature& feature);

/// Set `count` by kind and `first` of a Feature in one piece. False where protobuf would not parse
/// the values.
bool count_values(Feature& feature);

/// All pieces of `feature`, in order: `pieces` is cleared first.
void list_pieces(const Feature& feature, std::vector<std::string_view>& pieces);

}  // namespace alinktf::example
