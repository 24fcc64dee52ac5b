#include "formats/text_form/base64.hpp"

#include <catch2/catch.hpp>

#include <random>
#include <string>
#include <utility>

namespace alinktf::text_form {
namespace {

std::string encoded(std::string_view bytes) {
  Buffer out;
  append_base64(bytes, out);
  return std::string(out.view());
}

/// The bytes, or "-" if `text` is refused. Decodes in place.
std::string decoded(std::string text) {
  const auto size = decode_base64(text, text.data());
  return size ? text.substr(0, *size) : "-";
}

TEST_CASE("Base64 is as the standards test vectors say", "[text_form][base64]") {
  const auto [bytes, text] = GENERATE(std::pair("", ""),
                                      std::pair("f", "Zg=="),
                                      std::pair("fo", "Zm8="),
                                      std::pair("foo", "Zm9v"),
                                      std::pair("foob", "Zm9vYg=="),
                                      std::pair("fooba", "Zm9vYmE="),
                                      std::pair("foobar", "Zm9vYmFy"));
  CHECK(encoded(bytes) == text);
  CHECK(decoded(text) == bytes);
}

TEST_CASE("Any bytes come back from their base64", "[text_form][base64]") {
  std::mt19937_64 random(1);
  for (std::size_t size = 0; size < 300; ++size) {
    std::string bytes;
    for (std::size_t i = 0; i < size; ++i) {
      bytes.push_back(static_cast<char>(random()));
    }
    CHECK(decoded(encoded(bytes)) == bytes);
  }
}

TEST_CASE("No bytes need no room", "[text_form][base64]") {
  CHECK(decode_base64({}, nullptr) == std::size_t{0});
}

TEST_CASE("Base64 may lack its padding", "[text_form][base64]") {
  CHECK(decoded("Zg") == "f");
  CHECK(decoded("Zm9vYmE") == "fooba");
}

TEST_CASE("What is not base64 is refused", "[text_form][base64]") {
  const auto* const text = GENERATE(
      "Z", "Zg=", "Zg===", "=", "====", "Zm9v Zm9v", "Zm9v\n", "Zm9-", "Zh==", "Zm9=", "Z\xFF==");
  CAPTURE(text);
  CHECK(decoded(text) == "-");
}

}  // namespace
}  // namespace alinktf::text_form
