#include "base/bytes.hpp"

#include <catch2/catch.hpp>

#include <array>
#include <string>

namespace alinktf {
namespace {

TEST_CASE("Numbers are stored with the lowest byte first", "[base][bytes]") {
  std::array<char, 5> bytes{};
  store_le(bytes.data() + 1, std::uint32_t{0x04030201});
  CHECK(std::string(bytes.data(), 5) == std::string("\0\x01\x02\x03\x04", 5));
  CHECK(load_le<std::uint32_t>(bytes.data() + 1) == 0x04030201);
}

TEST_CASE("A buffer keeps what was committed while it grows", "[base][bytes]") {
  Buffer buffer;
  std::string expected;
  for (int i = 0; i < 2000; ++i) {
    const std::string piece(static_cast<std::size_t>(i % 17), static_cast<char>('a' + i % 26));
    buffer.append(piece);
    buffer.push_back('.');
    expected += piece + '.';
  }
  CHECK(buffer.view() == expected);
}

TEST_CASE("What is reserved and not committed does not count", "[base][bytes]") {
  Buffer buffer;
  buffer.append("ab");
  buffer.reserve(1000)[0] = 'x';
  CHECK(buffer.view() == "ab");
  CHECK(buffer.capacity() >= 1002);
}

TEST_CASE("Bytes are removed at either end", "[base][bytes]") {
  Buffer buffer;
  buffer.append("abcdef");
  buffer.consume(2);
  CHECK(buffer.view() == "cdef");
  buffer.truncate(3);
  CHECK(buffer.view() == "cde");
  buffer.truncate(10);
  CHECK(buffer.view() == "cde");
  const std::size_t capacity = buffer.capacity();
  buffer.clear();
  CHECK(buffer.empty());
  CHECK(buffer.capacity() == capacity);
}

TEST_CASE("A buffer that was moved from is empty and may be used again", "[base][bytes]") {
  Buffer first;
  first.append("abc");
  Buffer second(std::move(first));
  CHECK(second.view() == "abc");
  CHECK(first.empty());
  CHECK(first.capacity() == 0);
  first.append("d");
  second = std::move(first);
  CHECK(second.view() == "d");
  CHECK(first.capacity() == 0);
  first.push_back('e');
  CHECK(first.view() == "e");
}

}  // namespace
}  // namespace alinktf
