// TFRecord files: any bytes, the same records however they come; and files with a byte changed or
// missing, which must be noticed.
#include "formats/tfrecord/framing.hpp"
#include "formats/tfrecord/reader.hpp"
#include "fuzz/fuzz.hpp"

#include <optional>
#include <vector>

namespace alinktf::fuzz {
namespace {

struct Records {
  std::vector<std::string> records;
  std::optional<std::string> error;

  friend bool operator==(const Records&, const Records&) = default;
};

Records read(std::string_view bytes, std::size_t step) {
  Records all;
  tfrecord::Reader reader(source_of(bytes, step));
  std::string_view record;
  while (true) {
    const auto more = reader.next(record);
    if (!more.ok()) {
      require(more.error().code() == ErrorCode::kInput, "a bad file is an input error");
      all.error = more.error().str();
    }
    if (!more.ok() || !more.value()) {
      break;
    }
    all.records.emplace_back(record);
  }
  require(reader.records_read() == all.records.size(), "every record has been counted");
  return all;
}

/// A file of records that the input holds, each behind a byte with its length.
std::string make_file(Input& input, std::vector<std::string>& records) {
  Buffer file;
  while (!input.rest().empty()) {
    const std::string_view record = input.take(input.byte());
    const std::size_t size = tfrecord::kHeaderBytes + record.size() + tfrecord::kFooterBytes;
    char* const at = file.reserve(size);
    record.copy(at + tfrecord::kHeaderBytes, record.size());
    tfrecord::write_frame(at, record.size());
    file.commit(size);
    records.emplace_back(record);
  }
  return std::string(file.view());
}

void check_file(Input& input, std::size_t step) {
  const std::size_t place = input.byte() * 256U + input.byte();
  const auto change = static_cast<char>(input.byte());
  std::vector<std::string> records;
  std::string file = make_file(input, records);
  require(read(file, step) == Records{.records = records, .error = std::nullopt},
          "records that are written are read");
  if (file.empty()) {
    return;
  }
  const std::size_t at = place % file.size();
  file[at] = static_cast<char>(file[at] ^ change);
  require(change == 0 || read(file, step).error, "a changed byte is noticed");
  const Records cut = read(std::string_view(file).substr(0, at), step);
  require(cut.error || cut.records.size() < records.size(), "a file that is cut has fewer records");
}

}  // namespace
}  // namespace alinktf::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace alinktf::fuzz;  // NOLINT(google-build-using-namespace)
  Input input(data, size);
  const std::size_t step = input.byte() % 16U + 1U;
  if (input.byte() % 2 == 0) {
    check_file(input, step);
  } else {
    require(read(input.rest(), std::string::npos) == read(input.rest(), step),
            "the pieces do not matter");
  }
  return 0;
}
