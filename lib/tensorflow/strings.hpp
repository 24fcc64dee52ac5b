// How tensors of strings lie in TensorFlow's memory.
#pragma once

#include "base/bytes.hpp"
#include "base/result.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace alinktf::tensorflow {

// From TensorFlow 2.4 on: an array of TF_TString. Source: tensorflow/core/platform/ctstring.h.

/// Bytes of one TF_TString.
constexpr std::size_t kTStringBytes = 24;

/// Make the TF_TString at `to` a view of `text`.
void store_tstring(std::string_view text, char* to);

/// The text of the TF_TString at `at`.
std::string_view load_tstring(const char* at);

// Up to TensorFlow 2.3: a u64 offset for each text from the end of the offsets, and there its
// length as a varint and its bytes. Source: TF_StringEncode in tensorflow/c/c_api.h.

/// Bytes of a tensor of `count` strings that hold `texts` bytes, at most.
std::size_t encoded_strings_size(std::size_t count, std::size_t texts);

/// Writes the strings of a tensor one after the other.
class StringEncoder {
 public:
  /// `to` has encoded_strings_size() bytes.
  StringEncoder(char* to, std::size_t count)
      : offset_(to), texts_(to + count * sizeof(std::uint64_t)), at_(texts_) {}
  void add(std::string_view text);
  [[nodiscard]] const char* end() const { return at_; }

 private:
  char* offset_;
  char* texts_;
  char* at_;
};

/// String `index` of the `count` in `bytes`; kInternal if it does not lie there.
Result<std::string_view> decode_string(std::string_view bytes,
                                       std::size_t count,
                                       std::size_t index);

}  // namespace alinktf::tensorflow
