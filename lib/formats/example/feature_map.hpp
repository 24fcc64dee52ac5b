// The features of an Example one by one, where speed does not matter.
#pragma once

#include "formats/example/feature.hpp"
#include "table/arena.hpp"

#include <string_view>
#include <vector>

namespace alinktf::example {

struct NamedFeature {
  std::string_view name;
  Feature feature;
};

/// Key and value of the map's entry `entry`. False where protobuf would not parse it. If they come
/// several times the last key counts, and the values are one message after the other, in `arena`.
bool read_entry(std::string_view entry,
                std::string_view& key,
                std::string_view& value,
                table::Arena& arena);

/// All features of the Example `serialized`, in the order of their first appearance; of those of
/// the same name the last. False where protobuf would not parse it.
bool list_features(std::string_view serialized,
                   std::vector<NamedFeature>& features,
                   table::Arena& arena);

}  // namespace alinktf::example
