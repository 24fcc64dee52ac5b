#include "worker/line_splitter.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <iterator>
#include <string>
#include <vector>

namespace alinktf::worker {
namespace {

using Lines = std::vector<std::string>;

constexpr std::size_t kLongest = 1U << 20U;

/// The lines of `pieces`, as they come out.
Lines split(const Lines& pieces) {
  Lines lines;
  LineSplitter splitter([&](std::string_view line) { lines.emplace_back(line); });
  for (const std::string& piece : pieces) {
    splitter.add(piece);
  }
  splitter.finish();
  return lines;
}

TEST_CASE("Lines come out without their newlines", "[worker][lines]") {
  CHECK(split({"a\nbc\n"}) == Lines{"a", "bc"});
  CHECK(split({"\n\n"}) == Lines{"", ""});
  CHECK(split({"a\r\nb\r"}) == Lines{"a\r", "b\r"});
  CHECK(split({}).empty());
}

TEST_CASE("A line is whole however its bytes arrive", "[worker][lines]") {
  CHECK(split({"he", "llo", "\nwor", "ld\n", "\n"}) == Lines{"hello", "world", ""});
}

TEST_CASE("A last line without newline is handed on at the end", "[worker][lines]") {
  CHECK(split({"a\nlast"}) == Lines{"a", "last"});
}

TEST_CASE("Bytes that are no UTF-8 pass as they are", "[worker][lines]") {
  const std::string bytes("\xFF\xC3\x28\x00\x80", 5);
  CHECK(split({bytes + "\n", "\xE2\x82", "\xAC\n"}) == Lines{bytes, "€"});
}

TEST_CASE("A line that never ends is handed on in bounded pieces", "[worker][lines]") {
  const std::string piece(100'000, 'x');
  const Lines lines = split(Lines(50, piece));
  std::size_t total = 0;
  for (const std::string& line : lines) {
    CHECK(line.size() <= kLongest + piece.size());
    total += line.size();
  }
  CHECK(lines.size() > 1);
  CHECK(total == 50 * piece.size());
}

std::vector<std::size_t> lengths(const Lines& lines) {
  std::vector<std::size_t> out;
  std::transform(lines.begin(), lines.end(), std::back_inserter(out), [](const std::string& line) {
    return line.size();
  });
  return out;
}

TEST_CASE("A newline right behind a piece of a long line ends that line", "[worker][lines]") {
  using Lengths = std::vector<std::size_t>;
  const std::string longest(kLongest, 'x');
  CHECK(lengths(split({longest, "\nb\n"})) == Lengths{kLongest, 1});
  CHECK(lengths(split({longest, "yz\nb\n"})) == Lengths{kLongest, 2, 1});
  CHECK(lengths(split({longest, "\n", "\n"})) == Lengths{kLongest, 0});
}

}  // namespace
}  // namespace alinktf::worker
