// The classes of Alink's vectors and tensors, and what stands in their objects.
#pragma once

#include "table/nested.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>
#include <string_view>

namespace alinktf::ak {

inline constexpr std::string_view kVectors = "com.alibaba.alink.common.linalg.";
inline constexpr std::string_view kTensors = "com.alibaba.alink.common.linalg.tensor.";
inline constexpr std::string_view kArrays = "org.tensorflow.ndarray.impl.";
inline constexpr std::string_view kSpace = "org.tensorflow.ndarray.impl.dimension.DimensionalSpace";
inline constexpr std::string_view kDimensions =
    "[Lorg.tensorflow.ndarray.impl.dimension.Dimension;";
inline constexpr std::string_view kAxis = "org.tensorflow.ndarray.impl.dimension.Axis";
inline constexpr std::string_view kStrings = "[Ljava.lang.String;";

/// The class of a column's values where Flink has told Kryo of it: the next number after those that
/// are Flink's own.
inline constexpr std::uint32_t kColumnClass = 0x57;
/// Before a field of Java's long: it is there.
inline constexpr std::uint32_t kThere = 1;
/// Where an array of bytes has its first value in Java's memory.
inline constexpr std::int64_t kArrayHead = 16;
// Flink's own serializer of objects: it is of the column's class; the field is not null.
inline constexpr std::string_view kPojo("\2\0", 2);

inline constexpr std::int64_t kMostInt = std::numeric_limits<std::int32_t>::max();
inline constexpr std::int64_t kMostValues = kMostInt - 8;

/// How the tensors of an element lie there: classes of tensor, array, buffer and values, and what
/// Alink's list of types has.
struct Layout {
  table::Element element;
  std::string_view tensor;
  std::string_view array;
  std::string_view buffer;
  std::string_view values;
  std::uint32_t number;
};

inline constexpr std::array<Layout, 8> kLayouts = {Layout{table::Element::kFloat,
                                                          "FloatTensor",
                                                          "dense.FloatDenseNdArray",
                                                          "buffer.raw.FloatRawDataBuffer",
                                                          "[F",
                                                          1},
                                                   Layout{table::Element::kDouble,
                                                          "DoubleTensor",
                                                          "dense.DoubleDenseNdArray",
                                                          "buffer.raw.DoubleRawDataBuffer",
                                                          "[D",
                                                          2},
                                                   Layout{table::Element::kInt,
                                                          "IntTensor",
                                                          "dense.IntDenseNdArray",
                                                          "buffer.raw.IntRawDataBuffer",
                                                          "[I",
                                                          3},
                                                   Layout{table::Element::kLong,
                                                          "LongTensor",
                                                          "dense.LongDenseNdArray",
                                                          "buffer.raw.LongRawDataBuffer",
                                                          "[J",
                                                          4},
                                                   Layout{table::Element::kBoolean,
                                                          "BoolTensor",
                                                          "dense.BooleanDenseNdArray",
                                                          "buffer.raw.BooleanRawDataBuffer",
                                                          "[Z",
                                                          5},
                                                   Layout{table::Element::kByte,
                                                          "ByteTensor",
                                                          "dense.ByteDenseNdArray",
                                                          "buffer.raw.ByteRawDataBuffer",
                                                          "[B",
                                                          6},
                                                   Layout{table::Element::kUbyte,
                                                          "UByteTensor",
                                                          "dense.ByteDenseNdArray",
                                                          "buffer.raw.ByteRawDataBuffer",
                                                          "[B",
                                                          7},
                                                   Layout{table::Element::kString,
                                                          "StringTensor",
                                                          "dense.DenseNdArray",
                                                          "buffer.misc.ArrayDataBuffer",
                                                          "[Ljava.lang.String;",
                                                          8}};

template <typename Match>
const Layout* find_layout(Match&& match) {
  const auto* const found = std::find_if(kLayouts.begin(), kLayouts.end(), match);
  return found == kLayouts.end() ? nullptr : found;
}

inline const Layout* layout_of(table::Element element) {
  return find_layout([&](const Layout& layout) { return layout.element == element; });
}

/// True if `name` is `prefix` and `rest`.
inline bool is(std::string_view name, std::string_view prefix, std::string_view rest) {
  return name.starts_with(prefix) && name.substr(prefix.size()) == rest;
}

}  // namespace alinktf::ak
