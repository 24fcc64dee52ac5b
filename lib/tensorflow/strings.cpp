#include "tensorflow/strings.hpp"

#include "formats/example/wire.hpp"

#include <cstring>

namespace alinktf::tensorflow {

namespace {

namespace wire = example::wire;

// The two lowest bits of a TF_TString's size say how it holds its text.
constexpr std::uint64_t kKindMask = 3;
constexpr std::uint64_t kSmall = 0;   // the text follows the first byte, which is its size
constexpr std::uint64_t kOffset = 2;  // u32 size, u32 distance of the text from here
constexpr std::uint64_t kView = 3;    // u64 size, pointer
constexpr unsigned kKindBits = 2;
constexpr std::size_t kLargePointerAt = 16;  // u64 size, u64 capacity, pointer

const char* load_pointer(const char* at) {
  const char* pointer = nullptr;
  std::memcpy(&pointer, at, sizeof pointer);
  return pointer;
}

}  // namespace

void store_tstring(std::string_view text, char* to) {
  store_le(to, static_cast<std::uint64_t>(text.size()) << kKindBits | kView);
  const char* const pointer = text.data();
  std::memcpy(to + sizeof(std::uint64_t), &pointer, sizeof pointer);
  store_le(to + 2 * sizeof(std::uint64_t), std::uint64_t{0});
}

std::string_view load_tstring(const char* at) {
  const auto first = load_le<std::uint64_t>(at);
  switch (first & kKindMask) {
    case kSmall:
      return {at + 1, static_cast<std::size_t>((first & 0xFFU) >> kKindBits)};
    case kOffset: {
      const auto size = load_le<std::uint32_t>(at) >> kKindBits;
      return {at + load_le<std::uint32_t>(at + sizeof(std::uint32_t)), size};
    }
    case kView:
      return {load_pointer(at + sizeof(std::uint64_t)), first >> kKindBits};
    default:
      return {load_pointer(at + kLargePointerAt), first >> kKindBits};
  }
}

std::size_t encoded_strings_size(std::size_t count, std::size_t texts) {
  return count * (sizeof(std::uint64_t) + wire::kMaxVarintBytes) + texts;
}

void StringEncoder::add(std::string_view text) {
  store_le(offset_, static_cast<std::uint64_t>(at_ - texts_));
  offset_ += sizeof(std::uint64_t);
  at_ = wire::write_varint(text.size(), at_);
  at_ += text.copy(at_, text.size());
}

Result<std::string_view> decode_string(std::string_view bytes,
                                       std::size_t count,
                                       std::size_t index) {
  const std::size_t texts = count * sizeof(std::uint64_t);
  if (bytes.size() >= texts) {
    const auto offset = load_le<std::uint64_t>(bytes.data() + index * sizeof(std::uint64_t));
    const char* const end = bytes.data() + bytes.size();
    std::string_view text;
    if (offset < bytes.size() - texts &&
        wire::read_delimited(bytes.data() + texts + offset, end, text) != nullptr) {
      return text;
    }
  }
  return Error(ErrorCode::kInternal, "TensorFlow gave a tensor of strings that is damaged");
}

}  // namespace alinktf::tensorflow
