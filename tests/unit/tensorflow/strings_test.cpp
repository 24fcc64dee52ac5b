#include "tensorflow/strings.hpp"

#include "unit/result.hpp"

#include <catch2/catch.hpp>

#include <array>
#include <cstring>
#include <string>
#include <vector>

namespace tensorflow = alinktf::tensorflow;

TEST_CASE("A view of a text reads as that text", "[tensorflow][strings]") {
  const std::string text = GENERATE(std::string(), std::string("short"), std::string(1000, 'x'));
  std::array<char, tensorflow::kTStringBytes> bytes{};
  tensorflow::store_tstring(text, bytes.data());
  CHECK(tensorflow::load_tstring(bytes.data()) == text);
}

TEST_CASE("TensorFlow's own small, large and offset strings are read", "[tensorflow][strings]") {
  std::array<char, tensorflow::kTStringBytes> bytes{};
  SECTION("small: the size, shifted, and the text behind it") {
    bytes[0] = 3 << 2;
    std::memcpy(bytes.data() + 1, "abc", 3);
    CHECK(tensorflow::load_tstring(bytes.data()) == "abc");
  }
  SECTION("large: size, capacity, pointer") {
    const std::string text(100, 'y');
    alinktf::store_le(bytes.data(), std::uint64_t{100} << 2U | 1U);
    alinktf::store_le(bytes.data() + 8, std::uint64_t{128});
    const char* const pointer = text.data();
    std::memcpy(bytes.data() + 16, &pointer, sizeof pointer);
    CHECK(tensorflow::load_tstring(bytes.data()) == text);
  }
  SECTION("offset: the text lies behind") {
    alinktf::store_le(bytes.data(), std::uint32_t{2} << 2U | 2U);
    alinktf::store_le(bytes.data() + 4, std::uint32_t{10});
    std::memcpy(bytes.data() + 10, "zz", 2);
    CHECK(tensorflow::load_tstring(bytes.data()) == "zz");
  }
}

TEST_CASE("Encoded strings are read back, and damaged ones refused", "[tensorflow][strings]") {
  const std::vector<std::string> texts = {"", "one", std::string(300, 'l')};
  std::string bytes(tensorflow::encoded_strings_size(texts.size(), 303), '\0');
  tensorflow::StringEncoder encoder(bytes.data(), texts.size());
  for (const std::string& text : texts) {
    encoder.add(text);
  }
  bytes.resize(static_cast<std::size_t>(encoder.end() - bytes.data()));
  for (std::size_t i = 0; i < texts.size(); ++i) {
    CHECK(alinktf::take(tensorflow::decode_string(bytes, texts.size(), i)) == texts[i]);
  }
  bytes.pop_back();
  CHECK_FALSE(tensorflow::decode_string(bytes, texts.size(), 2).ok());
  CHECK_FALSE(tensorflow::decode_string("short", 3, 0).ok());
}
