#include "formats/tfrecord/reader.hpp"

#include "formats/tfrecord/crc32c.hpp"
#include "formats/tfrecord/framing.hpp"
#include "unit/result.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

namespace alinktf::tfrecord {
namespace {

using Catch::Contains;

/// The bytes of a TFRecord file, put together and damaged step by step.
class File {
 public:
  File& record(std::string_view payload) {
    Buffer frame;
    char* const at = frame.reserve(kHeaderBytes + payload.size() + kFooterBytes);
    payload.copy(at + kHeaderBytes, payload.size());
    write_frame(at, payload.size());
    frame.commit(kHeaderBytes + payload.size() + kFooterBytes);
    bytes_ += frame.view();
    return *this;
  }
  File& flip(std::size_t offset) {
    bytes_[offset] = static_cast<char>(bytes_[offset] ^ 1);
    return *this;
  }
  File& cut(std::size_t size) {
    bytes_.resize(size);
    return *this;
  }
  [[nodiscard]] const std::string& bytes() const { return bytes_; }

 private:
  std::string bytes_;
};

Result<std::vector<std::string>> read_all(const std::string& bytes,
                                          std::size_t step = std::string::npos) {
  Reader reader(std::make_unique<StringSource>(bytes, "t.tfrecord", step));
  std::vector<std::string> records;
  std::string_view record;
  while (true) {
    ALINKTF_ASSIGN_OR_RETURN(const bool there, reader.next(record));
    if (!there) {
      return records;
    }
    records.emplace_back(record);
  }
}

std::string failure_of(const std::string& bytes) {
  return failure(read_all(bytes), ErrorCode::kInput);
}

TEST_CASE("Records are read as they were framed", "[tfrecord][reader]") {
  const std::vector<std::string> records = {"first", "", std::string(300'000, 'x'), "last"};
  File file;
  for (const std::string& record : records) {
    file.record(record);
  }
  const std::size_t step = GENERATE(as<std::size_t>(), 1, 13, 100'000, 10'000'000);
  CAPTURE(step);
  const bool same = take(read_all(file.bytes(), step)) == records;
  CHECK(same);
}

TEST_CASE("A frame has the bytes that TensorFlow writes", "[tfrecord][reader]") {
  // Written by tf.io.TFRecordWriter, TensorFlow 2.15.1: one record, b"abc".
  const std::string expected(
      "\x03\x00\x00\x00\x00\x00\x00\x00\xb0\x99\x49\x0e"
      "abc"
      "\x6e\x57\xf1\x21",
      19);
  CHECK(File().record("abc").bytes() == expected);
}

TEST_CASE("An empty input has no records", "[tfrecord][reader]") {
  CHECK(take(read_all("")).empty());
}

TEST_CASE("Damage is named with record and byte offset and CRC", "[tfrecord][reader]") {
  const File two = File().record("abc").record("defg");
  CHECK_THAT(failure_of(File(two).flip(19).bytes()),
             Contains("t.tfrecord: record 1 at byte 19") && Contains("CRC of the length"));
  CHECK_THAT(failure_of(File(two).flip(12).bytes()),
             Contains("record 0 at byte 0") && Contains("CRC of the data"));
  CHECK_THAT(failure_of(File(two).flip(two.bytes().size() - 1).bytes()),
             Contains("record 1 at byte 19") && Contains("CRC of the data"));
}

TEST_CASE("An input that ends inside a record is an error wherever it ends", "[tfrecord][reader]") {
  const File two = File().record("abc").record("defg");
  for (std::size_t size = 20; size < two.bytes().size(); ++size) {
    CAPTURE(size);
    CHECK_THAT(failure_of(File(two).cut(size).bytes()),
               Contains("record 1 at byte 19") && Contains("cut off"));
  }
  CHECK(take(read_all(File(two).cut(19).bytes())).size() == 1);
}

TEST_CASE("A record above the limit is refused before it is read", "[tfrecord][reader]") {
  std::string header(kHeaderBytes, '\0');
  store_le(header.data(), std::uint64_t{kMaxRecordBytes} + 1);
  store_le(header.data() + 8, masked(crc32c(header.data(), 8)));
  CHECK_THAT(failure_of(header), Contains("1073741825 bytes"));
}

TEST_CASE("A reader stays failed", "[tfrecord][reader]") {
  Reader reader(std::make_unique<StringSource>(File().record("a").record("b").flip(12).bytes()));
  std::string_view record;
  CHECK_FALSE(reader.next(record).ok());
  CHECK_FALSE(reader.next(record).ok());
  CHECK(reader.records_read() == 0);
}

}  // namespace
}  // namespace alinktf::tfrecord
