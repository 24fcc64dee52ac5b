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

TEST_CASE("Frames are handed out as they lie in the file", "[tfrecord][reader]") {
  const std::string bytes =
      File().record("first").record("").record(std::string(300'000, 'x')).record("last").bytes();
  const std::size_t step = GENERATE(as<std::size_t>(), 1, 4096, 10'000'000);
  CAPTURE(step);
  Reader reader(std::make_unique<StringSource>(bytes, "t.tfrecord", step));
  std::string copy;
  std::string_view frame;
  while (take(reader.next_frame(frame))) {
    copy += frame;
    CHECK(reader.offset() == copy.size());
  }
  CHECK(reader.records_read() == 4);
  const bool same = copy == bytes;
  CHECK(same);
}

TEST_CASE("A frame of damaged data is not handed out", "[tfrecord][reader]") {
  Reader reader(std::make_unique<StringSource>(File().record("abc").record("d").flip(33).bytes()));
  std::string_view frame;
  CHECK(take(reader.next_frame(frame)));
  CHECK_THAT(failure(reader.next_frame(frame), ErrorCode::kInput), Contains("record 1 at byte 19"));
  CHECK(payload_of(frame) == "abc");
}

TEST_CASE("Records stay valid while the next one is buffered", "[tfrecord][reader]") {
  std::string bytes;
  for (int i = 0; i < 20'000; ++i) {
    bytes += File().record("record " + std::to_string(i)).bytes();
  }
  Reader reader(std::make_unique<StringSource>(bytes));
  std::vector<std::string_view> held;
  std::string_view record;
  std::size_t count = 0;
  while (take(reader.next(record))) {
    held.push_back(record);
    if (!reader.buffered()) {
      for (const std::string_view one : held) {
        if (one != "record " + std::to_string(count)) {
          FAIL_CHECK(count);
        }
        ++count;
      }
      held.clear();
    }
  }
  CHECK(count == 20'000);
}

/// A pipe: ready until it has been read from.
class Pipe final : public ByteSource {
 public:
  explicit Pipe(std::string bytes) : source_(std::move(bytes)) {}

  Result<std::size_t> read(char* to, std::size_t size) override {
    drained_ = true;
    return source_.read(to, size);
  }
  [[nodiscard]] const std::string& name() const override { return source_.name(); }
  [[nodiscard]] bool ready() const override { return !drained_; }

 private:
  StringSource source_;
  bool drained_ = false;
};

TEST_CASE("A reader would wait if no whole record is there and the source is not ready",
          "[tfrecord][reader]") {
  const std::string half = File().record("second").bytes().substr(0, 15);
  Reader reader(std::make_unique<Pipe>(File().record("first").bytes() + half));
  std::string_view record;
  CHECK_FALSE(reader.would_wait());
  CHECK(take(reader.next(record)));
  CHECK(reader.would_wait());
  CHECK_FALSE(reader.next(record).ok());
  CHECK_FALSE(reader.would_wait());
}

}  // namespace
}  // namespace alinktf::tfrecord
