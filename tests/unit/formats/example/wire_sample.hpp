// Random tf.train.Examples as protobuf's wire format allows them, not only as writers make them.
#pragma once

#include "formats/example/wire.hpp"

#include <array>
#include <cstdint>
#include <random>
#include <string>
#include <string_view>

namespace alinktf::example {

/// Puts random messages together, field by field. Most are well-formed.
class WireSample {
 public:
  static constexpr std::array<std::string_view, 5> kNames = {"a", "b", "a_longer_name", "é", ""};

  explicit WireSample(std::uint64_t seed) : random_(seed) {}

  /// An Example of the names in kNames and some more.
  std::string example() {
    std::string out;
    const std::size_t messages = one_in(4) ? below(3) : 1;
    for (std::size_t i = 0; i < messages; ++i) {
      maybe_unknown(out);
      out += delimited(1, features());
    }
    maybe_unknown(out);
    return one_in(3) ? damaged(out) : out;
  }

  /// `bytes` with some changed, inserted or left out.
  std::string damaged(std::string bytes) {
    for (std::size_t i = 0; i <= below(2) && !bytes.empty(); ++i) {
      const std::size_t at = below(bytes.size());
      switch (below(4)) {
        case 0:
          bytes.resize(at);
          break;
        case 1:
          bytes.insert(at, 1, static_cast<char>(random_()));
          break;
        case 2:
          bytes.erase(at, 1);
          break;
        default:
          bytes[at] = static_cast<char>(bytes[at] ^ static_cast<char>(1U << below(8)));
          break;
      }
    }
    return bytes;
  }

  std::size_t below(std::size_t limit) { return random_() % limit; }
  bool one_in(std::size_t count) { return below(count) == 0; }

  static std::string varint(std::uint64_t value) {
    std::array<char, wire::kMaxVarintBytes> bytes{};
    return {bytes.data(), wire::write_varint(value, bytes.data())};
  }

 private:
  /// A varint that is sometimes longer than it need be.
  std::string loose_varint(std::uint64_t value) {
    std::string bytes = varint(value);
    while (one_in(60) && bytes.size() < 12) {
      bytes.back() = static_cast<char>(bytes.back() | 0x80);
      bytes += '\0';
    }
    return bytes;
  }

  std::string tag(std::uint32_t number, std::uint32_t wire_type) {
    return loose_varint(number << 3U | wire_type);
  }

  std::string delimited(std::uint32_t number, const std::string& content) {
    return tag(number, 2) + loose_varint(content.size()) + content;
  }

  std::string bytes(std::size_t size) {
    std::string out(size, '\0');
    for (char& c : out) {
      c = static_cast<char>(one_in(10) ? random_() : 'a' + random_() % 26);
    }
    return out;
  }

  std::string group(std::uint32_t number, std::size_t depth) {
    const std::uint32_t end = one_in(20) ? number + 1 : number;
    std::string inside;
    while (one_in(2)) {
      inside += depth > 0 ? unknown(depth - 1) : std::string();
    }
    return tag(number, 3) + inside + (one_in(20) ? std::string() : tag(end, 4));
  }

  std::string unknown(std::size_t depth = 3) {
    const auto number = static_cast<std::uint32_t>(one_in(30) ? 0 : 4 + below(40));
    switch (below(12)) {
      case 0:
      case 1:
        return tag(number, 0) + loose_varint(random_() >> below(64));
      case 2:
      case 3:
        return tag(number, 1) + bytes(8);
      case 4:
      case 5:
        return tag(number, 5) + bytes(4);
      case 6:
      case 7:
        return group(number, depth);
      case 8:
        return tag(number, static_cast<std::uint32_t>(below(8)));
      default:
        return delimited(number, bytes(below(6)));
    }
  }

  void maybe_unknown(std::string& out) {
    while (one_in(25)) {
      out += unknown();
    }
  }

  std::string features() {
    std::string out;
    for (const std::string_view name : kNames) {
      if (!one_in(12)) {
        out += delimited(1, entry(std::string(name)));
      }
      if (one_in(12)) {
        out += delimited(1, entry(bytes(below(5))));
      }
      maybe_unknown(out);
    }
    return one_in(4) ? out + delimited(1, entry(std::string(kNames.at(below(kNames.size())))))
                     : out;
  }

  std::string entry(const std::string& name) {
    std::string out;
    if (!one_in(15)) {
      out += delimited(1, name);
    }
    maybe_unknown(out);
    if (!one_in(15)) {
      out += delimited(2, feature());
    }
    if (one_in(20)) {
      out += delimited(1, std::string(kNames.at(below(kNames.size()))));
    }
    if (one_in(15)) {
      out += delimited(2, feature());
    }
    maybe_unknown(out);
    return out;
  }

  std::string feature() {
    std::string out;
    maybe_unknown(out);
    const std::size_t lists = one_in(6) ? below(4) : 1;
    for (std::size_t i = 0; i < lists; ++i) {
      const auto kind = static_cast<std::uint32_t>(1 + below(3));
      out += delimited(kind, list(kind));
      maybe_unknown(out);
    }
    return out;
  }

  std::string list(std::uint32_t kind) {
    std::string out;
    const std::size_t items = one_in(3) ? below(4) : 1;
    for (std::size_t i = 0; i < items; ++i) {
      if (kind == 1) {
        out += delimited(1, bytes(below(10)));
      } else if (one_in(6)) {
        out += kind == 2 ? tag(1, 5) + bytes(4) : tag(1, 0) + integer();
      } else {
        out += delimited(1, packed(kind));
      }
      maybe_unknown(out);
    }
    return out;
  }

  std::string integer() { return loose_varint(random_() >> below(64)); }

  std::string packed(std::uint32_t kind) {
    if (kind == 2) {
      return bytes(4 * below(4) + (one_in(40) ? 1 : 0));
    }
    std::string out;
    for (std::size_t i = 0; i < below(5); ++i) {
      out += integer();
    }
    return out;
  }

  std::mt19937_64 random_;
};

}  // namespace alinktf::example
