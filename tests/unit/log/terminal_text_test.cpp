#include "log/terminal_text.hpp"

#include <catch2/catch.hpp>

namespace alinktf::log {
namespace {

std::string line(std::string_view text) {
  return terminal_line(text, Colours::kKeep);
}

TEST_CASE("Plain lines stay as they are", "[log][terminal_text]") {
  const std::string plain = GENERATE(
      as<std::string>(), "", "loss\t0.5", "größe 中文 \U0001F600", "\xff no UTF-8 \xc2", "a [b] c");
  CHECK(line(plain) == plain);
}

TEST_CASE("Of a line that is overwritten the last state is shown", "[log][terminal_text]") {
  CHECK(line("1/3\r2/3\r3/3") == "3/3");
  CHECK(line("1/3\r2/3\r") == "2/3");
  CHECK(line("from Windows\r") == "from Windows");
  CHECK(line("\r") == "");
  CHECK(line("1 %\r100 %\r\x1b[0m") == "100 %");
}

TEST_CASE("Control characters are left out", "[log][terminal_text]") {
  using namespace std::string_literals;
  CHECK(line("a\0b\x07\b\b\v\f\x7f\x0e"s + "c") == "abc");
  CHECK(line("a\xc2\x9b"
             "2Jb\xc2\x85") == "a2Jb");
}

TEST_CASE("Colours are kept and end with the line", "[log][terminal_text]") {
  CHECK(line("\x1b[1;31mred\x1b[m thing") == "\x1b[1;31mred\x1b[m thing\x1b[0m");
  CHECK(terminal_line("\x1b[1;31mred\x1b[m thing", Colours::kDrop) == "red thing");
}

TEST_CASE("Other escape sequences are left out", "[log][terminal_text]") {
  CHECK(line("\x1b[2J\x1b[1;1H\x1b[Ktop\x1b"
             "c") == "top");
  CHECK(line("\x1b]0;a title\x07"
             "a\x1b]8;;x\x1b\\b") == "ab");
  CHECK(line("cut \x1b[31") == "cut ");
  CHECK(line("cut \x1b]0;t") == "cut ");
  CHECK(line("cut \x1b") == "cut ");
}

TEST_CASE("Texts of several lines keep them", "[log][terminal_text]") {
  CHECK(terminal_text("a\rb\n\n\x1b[Hc\n", Colours::kKeep) == "b\n\nc\n");
}

}  // namespace
}  // namespace alinktf::log
