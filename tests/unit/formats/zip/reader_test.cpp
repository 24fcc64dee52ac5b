#include "formats/zip/reader.hpp"

#include "formats/zip/layout.hpp"
#include "unit/formats/zip/archive.hpp"

#include <catch2/catch.hpp>

#include <zlib.h>

namespace alinktf::zip {
namespace {

using Catch::Contains;

/// The local entry `name` with its bytes stored; `flags` and `method` as given.
std::string stored(const std::string& name,
                   const std::string& bytes,
                   std::uint16_t flags = 0,
                   std::uint16_t method = kStored) {
  std::string out(kLocalBytes, '\0');
  store_le(out.data(), kLocalSignature);
  store_le(out.data() + 6, flags);
  store_le(out.data() + 8, method);
  const auto* const from = reinterpret_cast<const Bytef*>(bytes.data());  // NOLINT: zlib's bytes
  store_le(out.data() + 14, static_cast<std::uint32_t>(::crc32_z(0, from, bytes.size())));
  store_le(out.data() + 18, static_cast<std::uint32_t>(bytes.size()));
  store_le(out.data() + 22, static_cast<std::uint32_t>(bytes.size()));
  store_le(out.data() + 26, static_cast<std::uint16_t>(name.size()));
  return out + name + bytes;
}

/// The directory of an archive of `count` entries, their names left out, and its end.
std::string directory(std::size_t count) {
  std::string entry(kCentralBytes, '\0');
  store_le(entry.data(), kCentralSignature);
  std::string out;
  for (std::size_t i = 0; i < count; ++i) {
    out += entry;
  }
  std::string end(kEndBytes, '\0');
  store_le(end.data(), kEndSignature);
  return out + end;
}

std::string error_of(const std::string& archive) {
  return failure(entries_of(archive), ErrorCode::kInput);
}

TEST_CASE("Stored entries are read", "[zip][reader]") {
  CHECK(take(entries_of(stored("d/", "") + stored("d/f", "hello") + directory(2))) ==
        Entries{{"d/", ""}, {"d/f", "hello"}});
}

TEST_CASE("Entries that are not read are passed over", "[zip][reader]") {
  Reader reader(std::make_unique<StringSource>(
      archive_of({{"a", std::string(100'000, 'x')}, {"b", "y"}}), "a.zip"));
  CHECK(take(reader.next())->name == "a");
  CHECK(take(reader.next())->name == "b");
  CHECK_FALSE(take(reader.next()));
  CHECK_FALSE(take(reader.next()));
}

TEST_CASE("A descriptor with sizes of 8 bytes, or without a signature, is understood",
          "[zip][reader]") {
  std::string archive = archive_of({{"a", "hello"}, {"b", "there"}});
  const std::string signature = "PK\x07\x08";
  const std::size_t at = archive.find(signature);
  SECTION("8 bytes") {
    archive.insert(at + 16, 4, '\0');
    archive.insert(at + 12, 4, '\0');
  }
  SECTION("no signature") {
    archive.erase(at, signature.size());
  }
  CHECK(take(entries_of(archive)) == Entries{{"a", "hello"}, {"b", "there"}});
}

TEST_CASE("Sizes may stand in a zip64 field", "[zip][reader]") {
  std::string entry = stored("a", "hello");
  std::string field(20, '\0');
  store_le(field.data(), kZip64Field);
  store_le(field.data() + 2, std::uint16_t{16});
  store_le(field.data() + 4, std::uint64_t{5});
  store_le(field.data() + 12, std::uint64_t{5});
  store_le(entry.data() + 18, kIn64);
  store_le(entry.data() + 22, kIn64);
  store_le(entry.data() + 28, std::uint16_t{20});
  entry.insert(kLocalBytes + 1, field);
  CHECK(take(entries_of(entry + directory(1))) == Entries{{"a", "hello"}});
}

TEST_CASE("Every archive that is cut off is an error", "[zip][reader]") {
  const std::string archive = archive_of({{"d/", ""}, {"a", "hello, hello"}});
  for (std::size_t size = 0; size < archive.size(); ++size) {
    CAPTURE(size);
    CHECK_THAT(error_of(archive.substr(0, size)), Contains("a.zip: byte "));
  }
}

TEST_CASE("Whatever bit is wrong in an entry's data, it is noticed", "[zip][reader]") {
  const std::string archive = archive_of({{"a", "hello, hello, hello"}});
  const std::size_t begin = kLocalBytes + 1;
  for (std::size_t at = begin * 8; at < archive.find("PK\x07\x08") * 8; ++at) {
    std::string damaged = archive;
    damaged[at / 8] = static_cast<char>(damaged[at / 8] ^ (1 << at % 8));
    CAPTURE(at);
    CHECK_FALSE(entries_of(damaged).ok());
  }
}

TEST_CASE("Errors say what is wrong and where", "[zip][reader]") {
  CHECK(error_of("a,b,c\n1,2,3\n") ==
        "a.zip: byte 0: found 'a,b,', expected a zip archive, which begins with 'PK'");
  CHECK_THAT(error_of(stored("a", "x", kEncrypted)), Contains("entry 'a': is encrypted"));
  CHECK_THAT(error_of(stored("a", "x", 0, 12)), Contains("is packed by method 12, expected"));
  CHECK_THAT(error_of(stored("a", "", kHasDescriptor)), Contains("its end cannot be told"));
  CHECK_THAT(error_of(stored("a", "x") + directory(2)), Contains("lists 2 entries, but 1 were"));
  CHECK_THAT(error_of(stored("a", "x") + directory(1) + "z"), Contains("behind the archive"));
  std::string wrong = stored("a", "x");
  wrong.back() = 'y';
  CHECK_THAT(error_of(wrong + directory(1)), Contains("entry 'a': the CRC is wrong"));
}

}  // namespace
}  // namespace alinktf::zip
