// csv_floor IN.csv OUT.tfrecords: what CSV to framed tf.train.Examples costs at the least on one
// core. Knows its table (f0 … f9 and a label of one digit, as csv_gen writes it) and trusts it:
// every record has the same layout, so one template is filled in again and again. The yardstick for
// our readers and encoders; not a product.
#include <charconv>
#include <cstdint>
#include <cstring>
#include <iostream>
#include <string>
#include <vector>

#include <fcntl.h>
#include <nmmintrin.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

namespace {

constexpr std::size_t kFeatures = 10;
constexpr std::size_t kPrefixBytes = 12;  // u64 length and its CRC
constexpr std::size_t kFlushBytes = 1U << 20U;

std::uint32_t masked_crc(const char* bytes, std::size_t size) {
  std::uint64_t crc = ~0U;
  for (; size >= 8; bytes += 8, size -= 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, bytes, sizeof word);
    crc = _mm_crc32_u64(crc, word);
  }
  auto rest = static_cast<std::uint32_t>(crc);
  for (; size > 0; ++bytes, --size) {
    rest = _mm_crc32_u8(rest, static_cast<std::uint8_t>(*bytes));
  }
  rest = ~rest;
  return ((rest >> 15U) | (rest << 17U)) + 0xa282ead8U;
}

/// A length-delimited protobuf field; `body` is at most 16,383 bytes.
std::string field(char tag, const std::string& body) {
  std::string out(1, tag);
  if (body.size() >= 128) {
    out += static_cast<char>((body.size() & 127U) | 128U);
    out += static_cast<char>(body.size() >> 7U);
  } else {
    out += static_cast<char>(body.size());
  }
  return out + body;
}

/// One framed record, and where its values go.
struct Template {
  std::string record;
  std::size_t example_bytes = 0;
  std::size_t value_at[kFeatures + 1] = {};
};

Template make_template() {
  std::string features;
  std::size_t ends[kFeatures + 1] = {};
  for (std::size_t i = 0; i <= kFeatures; ++i) {
    const bool label = i == kFeatures;
    const std::string name = label ? "label" : std::string{'f', static_cast<char>('0' + i)};
    const std::string list = field('\x0a', std::string(label ? 1 : sizeof(float), '\0'));
    features +=
        field('\x0a', field('\x0a', name) + field('\x12', field(label ? '\x1a' : '\x12', list)));
    ends[i] = features.size();
  }
  const std::string example = field('\x0a', features);
  Template made{.record = std::string(kPrefixBytes, '\0') + example + std::string(4, '\0'),
                .example_bytes = example.size()};
  for (std::size_t i = 0; i <= kFeatures; ++i) {
    const std::size_t head = kPrefixBytes + example.size() - features.size();
    made.value_at[i] = head + ends[i] - (i == kFeatures ? 1 : sizeof(float));
  }
  const std::uint64_t length = example.size();
  std::memcpy(made.record.data(), &length, sizeof length);
  const std::uint32_t crc = masked_crc(made.record.data(), sizeof length);
  std::memcpy(made.record.data() + sizeof length, &crc, sizeof crc);
  return made;
}

/// Fill in the row that begins at `at`; returns where the next one begins, or null if there is no
/// number.
const char* fill(Template& row, const char* at, const char* end) {
  for (std::size_t i = 0; i < kFeatures; ++i) {
    double value = 0;
    const auto [after, error] = std::from_chars(at, end, value);
    if (error != std::errc()) {
      return nullptr;
    }
    const auto narrow = static_cast<float>(value);
    std::memcpy(row.record.data() + row.value_at[i], &narrow, sizeof narrow);
    at = after + 1;
  }
  row.record[row.value_at[kFeatures]] = static_cast<char>(*at - '0');
  const std::uint32_t crc = masked_crc(row.record.data() + kPrefixBytes, row.example_bytes);
  std::memcpy(row.record.data() + kPrefixBytes + row.example_bytes, &crc, sizeof crc);
  return static_cast<const char*>(std::memchr(at, '\n', static_cast<std::size_t>(end - at))) + 1;
}

bool write_all(int fd, std::string& bytes) {
  for (std::size_t done = 0; done < bytes.size();) {
    const ssize_t wrote = write(fd, bytes.data() + done, bytes.size() - done);
    if (wrote < 0) {
      return false;
    }
    done += static_cast<std::size_t>(wrote);
  }
  bytes.clear();
  return true;
}

}  // namespace

int main(int argc, char** argv) {
  const int in = argc == 3 ? open(argv[1], O_RDONLY | O_CLOEXEC) : -1;
  const int out = argc == 3 ? open(argv[2], O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644) : -1;
  struct stat status {};
  if (in < 0 || out < 0 || fstat(in, &status) != 0) {
    std::cerr << "usage: csv_floor IN.csv OUT.tfrecords\n";
    return 2;
  }
  const auto size = static_cast<std::size_t>(status.st_size);
  const auto* begin = static_cast<const char*>(mmap(nullptr, size, PROT_READ, MAP_PRIVATE, in, 0));
  const char* end = begin + size;
  Template row = make_template();
  std::string records;
  records.reserve(kFlushBytes + row.record.size());
  for (const char* at = static_cast<const char*>(std::memchr(begin, '\n', size)) + 1; at < end;) {
    at = fill(row, at, end);
    if (at == nullptr) {
      std::cerr << "csv_floor: not a table of csv_gen\n";
      return 1;
    }
    records += row.record;
    if (records.size() >= kFlushBytes && !write_all(out, records)) {
      return 1;
    }
  }
  return write_all(out, records) ? 0 : 1;
}
