#include "convert/infer.hpp"

#include "formats/example/schema_guess.hpp"
#include "formats/tfrecord/reader.hpp"
#include "source/files.hpp"
#include "source/input_reader.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <memory>
#include <utility>

namespace alinktf::convert {

namespace {

constexpr std::size_t kSampleBytes = std::size_t{4} << 20U;

struct Sample {
  std::string text;
  bool is_whole = false;
};

/// The first file of `input`, if it can be read again later.
Result<std::string> first_file(const spec::InputSpec& input) {
  ALINKTF_ASSIGN_OR_RETURN(const auto files, source::expand_files(input));
  const std::string& file = files.front();
  std::error_code error;
  if (!std::filesystem::is_regular_file(file, error)) {
    return Error(ErrorCode::kSpec,
                 fmt::format("input '{}': is read once and has no schema; give --schema "
                             "\"name type, …\"",
                             file));
  }
  return file;
}

Result<Sample> read_sample(ByteSource& source) {
  Sample sample;
  sample.text.resize(kSampleBytes);
  std::size_t size = 0;
  while (size < kSampleBytes && !sample.is_whole) {
    ALINKTF_ASSIGN_OR_RETURN(const std::size_t got,
                             source.read(sample.text.data() + size, kSampleBytes - size));
    size += got;
    sample.is_whole = got == 0;
  }
  sample.text.resize(size);
  return sample;
}

Result<Inferred> infer_records(std::unique_ptr<ByteSource> source) {
  const std::string name = source->name();
  tfrecord::Reader records(std::move(source));
  example::SchemaGuess guess;
  const auto of_file = [&name] { return fmt::format("input '{}'", name); };
  while (guess.records() < example::SchemaGuess::kRecords) {
    std::string_view record;
    ALINKTF_ASSIGN_OR_RETURN(const bool there, records.next(record));
    if (!there) {
      break;
    }
    ALINKTF_TRY(guess.add(record).context(of_file));
  }
  ALINKTF_ASSIGN_OR_RETURN(auto schema, guess.schema().context(of_file));
  return Inferred{.schema = std::move(schema)};
}

}  // namespace

Result<Inferred> infer(const spec::InputSpec& input) {
  if (input.format == spec::Format::kAk || input.format == spec::Format::kSavedModel) {
    if (source::has_files(input)) {
      ALINKTF_TRY(first_file(input));
    }
    ALINKTF_ASSIGN_OR_RETURN(const auto reader, source::InputReader::open(input, -1));
    return Inferred{.schema = reader->schema()};
  }
  ALINKTF_ASSIGN_OR_RETURN(const std::string file, first_file(input));
  ALINKTF_ASSIGN_OR_RETURN(auto source, source::open_bytes(input, file, -1));
  if (input.format == spec::Format::kTfrecord) {
    return infer_records(std::move(source));
  }
  ALINKTF_ASSIGN_OR_RETURN(const Sample sample, read_sample(*source));
  auto inferred = input.format == spec::Format::kCsv
                      ? infer_csv(input, sample.text, sample.is_whole)
                      : infer_jsonl(sample.text, sample.is_whole);
  return std::move(inferred).context(
      [&] { return fmt::format("input '{}'", input.file_paths.front()); });
}

void apply(const Inferred& inferred, spec::InputSpec& input) {
  input.schema = inferred.schema;
  if (inferred.first_line == Inferred::FirstLine::kNames) {
    input.csv.header = true;
  } else if (inferred.first_line == Inferred::FirstLine::kOther) {
    input.ignore_first_line = true;
  }
}

std::string as_options(const Inferred& inferred) {
  using FirstLine = Inferred::FirstLine;
  return fmt::format("--schema {}{}",
                     shell_quote(table::to_string(inferred.schema)),
                     inferred.first_line == FirstLine::kNames ? " --header"
                     : inferred.first_line == FirstLine::kOther
                         ? " --set input.ignoreFirstLine=true"
                         : "");
}

std::string shell_quote(std::string_view text) {
  if (text.find_first_of("\"$`\\!") == std::string_view::npos) {
    return fmt::format("\"{}\"", text);
  }
  std::string out = "'";
  for (const char c : text) {
    out += c == '\'' ? std::string("'\\''") : std::string(1, c);
  }
  return out + "'";
}

}  // namespace alinktf::convert
