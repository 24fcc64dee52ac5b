// Reads the files under testdata/golden.
#pragma once

#include <catch2/catch.hpp>

#include <array>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace alinktf::golden {

/// The bytes of testdata/golden/`path`.
inline std::string read_file(const std::string& path) {
  std::ifstream in(std::string(ALINKTF_TESTDATA "/golden/") + path, std::ios::binary);
  REQUIRE(in.is_open());
  std::string bytes;
  std::array<char, 4096> piece{};
  while (in.read(piece.data(), piece.size()) || in.gcount() > 0) {
    bytes.append(piece.data(), static_cast<std::size_t>(in.gcount()));
  }
  return bytes;
}

inline std::vector<std::string> split(std::string_view text, char delimiter) {
  std::vector<std::string> parts;
  std::size_t at = 0;
  while (true) {
    const std::size_t found = text.find(delimiter, at);
    parts.emplace_back(text.substr(at, found - at));
    if (found == std::string_view::npos) {
      return parts;
    }
    at = found + 1;
  }
}

/// The rows of a .tsv file, without comment lines.
inline std::vector<std::vector<std::string>> read_tsv(const std::string& path) {
  std::vector<std::vector<std::string>> rows;
  for (const std::string& line : split(read_file(path), '\n')) {
    if (!line.empty() && line.front() != '#') {
      rows.push_back(split(line, '\t'));
    }
  }
  return rows;
}

inline void append_utf8(unsigned code, std::string& out) {
  if (code < 0x80) {
    out += static_cast<char>(code);
  } else if (code < 0x800) {
    out += static_cast<char>(0xC0U | code >> 6U);
    out += static_cast<char>(0x80U | (code & 0x3FU));
  } else {
    out += static_cast<char>(0xE0U | code >> 12U);
    out += static_cast<char>(0x80U | (code >> 6U & 0x3FU));
    out += static_cast<char>(0x80U | (code & 0x3FU));
  }
}

/// The text of "a\tb", with its quotes and JSON's escapes; nothing for null.
inline std::optional<std::string> unescape(std::string_view text) {
  if (text == "null") {
    return std::nullopt;
  }
  REQUIRE(text.size() >= 2);
  text = text.substr(1, text.size() - 2);
  std::string out;
  while (!text.empty()) {
    std::size_t used = 1;
    if (text.front() != '\\') {
      out += text.front();
    } else if (text[1] == 'u') {
      append_utf8(static_cast<unsigned>(std::stoul(std::string(text.substr(2, 4)), nullptr, 16)),
                  out);
      used = 6;
    } else {
      const std::size_t escape = std::string_view("ntr").find(text[1]);
      out += escape == std::string_view::npos ? text[1] : "\n\t\r"[escape];
      used = 2;
    }
    text.remove_prefix(used);
  }
  return out;
}

}  // namespace alinktf::golden
