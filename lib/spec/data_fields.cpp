// The keys of inputs and of the output.
#include "spec/fields.hpp"

#include <limits>

namespace alinktf::spec {

namespace {

constexpr std::int64_t kMostColumns = 1'000'000;
constexpr std::int64_t kMostFiles = 65535;  // all are open at once
constexpr std::int64_t kMostThreads = 1024;
constexpr std::int64_t kMostLong = std::numeric_limits<std::int64_t>::max();

constexpr auto kRequired = Presence::kRequired;
constexpr auto kOptional = Presence::kOptional;

constexpr auto kCsv = Format::kCsv;
constexpr auto kTfrecord = Format::kTfrecord;
constexpr auto kJsonl = Format::kJsonl;
constexpr auto kRandom = Format::kRandom;
constexpr auto kAk = Format::kAk;
constexpr auto kSavedModel = Format::kSavedModel;

// In the order of the names that the keys take.
constexpr Format kInputFormats[] = {kCsv, kTfrecord, kJsonl, kRandom, kAk, kSavedModel};
constexpr Format kOutputFormats[] = {kCsv, kTfrecord, kJsonl, kAk, kSavedModel};

template <typename T>
std::function<void(std::int64_t)> into(T& to) {
  return [&to](std::int64_t value) { to = static_cast<T>(value); };
}

template <typename T>
std::function<void(std::size_t)> choice_into(T& to) {
  return [&to](std::size_t index) { to = static_cast<T>(index); };
}

void append(std::vector<Field>& fields, const std::vector<Field>& more) {
  fields.insert(fields.end(), more.begin(), more.end());
}

// A table reads best with its own line breaks.
// clang-format off

/// Where the files are and what is in them.
std::vector<Field> file_fields(InputDraft& draft) {
  InputSpec& in = draft.spec;
  const auto set_format = [&draft](std::size_t i) { draft.format = kInputFormats[i]; };
  return {
      {"format", {}, Choice{{"csv", "tfrecord", "jsonl", "random", "ak", "savedmodel"}, {}, set_format}, "",
       "What the input is. Default: by the ending of filePath."},
      {"filePath", {}, Paths{&in.file_paths}, "",
       "Files, directories, patterns with *, ? and []; one or a list. - is standard input.",
       kRequired, {kCsv, kTfrecord, kJsonl, kAk, kSavedModel}},
      {"compression", {},
       Choice{{"auto", "none", "gzip", "zlib"}, {}, choice_into(in.compression)}, R"("auto")",
       "How the files are packed. auto: by the first bytes of each.",
       kOptional, {kCsv, kTfrecord, kJsonl}},
      {"partitions", {}, Text{&in.partitions}, "null",
       "Which NAME=VALUE directories to read, as in Alink: dt=20210101,dt=20210102/hour=*.",
       kOptional, {kCsv, kTfrecord, kJsonl, kAk}},
      {"schemaStr", {"schema", "tableSchema"}, SchemaText{&in.schema}, "",
       "The columns of the files: name type, name type … TFRecord files may go without, and .ak "
       "files hold them.",
       kRequired, {kCsv, kTfrecord, kJsonl, kAk}, {kTfrecord, kAk}},
  };
}

std::vector<Field> csv_fields(InputSpec& in) {
  return {
      {"fieldDelimiter", {}, Delimiter{&in.csv.field_delimiter}, R"(",")",
       "Between fields; may be several characters.", kOptional, {kCsv}},
      {"rowDelimiter", {}, Delimiter{&in.csv.row_delimiter}, R"("\n")",
       "Ends a row; may be several characters.", kOptional, {kCsv}},
      {"quoteChar", {}, QuoteChar{&in.csv.quote_char}, R"("\"")",
       "Quotes fields; null or an empty string for none.", kOptional, {kCsv}},
      {"header", {}, Flag{&in.csv.header}, "false",
       "The first line names the columns, which are checked against schemaStr.", kOptional, {kCsv}},
      {"skipBlankLine", {}, Flag{&in.skip_blank_line}, "true",
       "Skip empty lines.", kOptional, {kCsv}},
      {"ignoreFirstLine", {}, Flag{&in.ignore_first_line}, "false",
       "Skip the first line of each file unread.", kOptional, {kCsv}},
      {"threads", {}, Integer{1, kMostThreads, into(in.threads)}, "null",
       "Threads that parse. Default: by the machine.", kOptional, {kCsv}},
  };
}

std::vector<Field> bad_row_fields(InputDraft& draft) {
  InputSpec& in = draft.spec;
  const auto set_word = [&draft](std::size_t i) {
    draft.on_bad_row = i == 0 ? BadRowSpec::Action::kFail : BadRowSpec::Action::kSkip;
  };
  const auto set_null = [&in](std::size_t i) { in.null_for_invalid = i == 1; };
  const auto set_most = [&in](std::int64_t n) { in.bad_rows.most = static_cast<std::uint64_t>(n); };
  return {
      {"onBadRow", {},
       ChoiceOrObject{Choice{{"fail", "skip"}, {}, set_word},
                      {{"rejects", {}, Path{&in.bad_rows.rejects}, "",
                        "The file that gets the rows that do not parse, with place and reason.",
                        kRequired},
                       {"max", {}, Integer{0, kMostLong, set_most}, "null",
                        "One bad row more than this fails the job. Default: any number is fine."}}},
       R"("fail")", "What to do with rows that do not parse; skipped rows are counted.",
       kOptional, {kCsv, kTfrecord, kJsonl}},
      {"lenient", {}, Flag{&draft.lenient}, "false",
       "Skip rows that do not parse; the same as onBadRow skip.",
       kOptional, {kCsv, kTfrecord, kJsonl}},
      {"handleInvalidMethod", {"handleInvalid"},
       Choice{{"ERROR", "SKIP"}, {}, set_null, true}, R"("ERROR")",
       "SKIP: a vector or tensor whose text does not parse is null.", kOptional, {kCsv, kJsonl}},
  };
}

std::vector<Field> random_fields(InputDraft& draft) {
  InputSpec& in = draft.spec;
  return {
      {"numRows", {"maxRows"}, Integer{0, kMostLong, into(in.num_rows)}, "",
       "How many rows to generate.", kRequired, {kRandom}},
      {"numCols", {}, Integer{1, kMostColumns, into(in.num_cols)}, "",
       "How many columns to generate. Required unless outputCols names them.",
       kOptional, {kRandom}},
      {"idCol", {"idColName"}, Text{&draft.id_col}, "null",
       "Name of a LONG column 0, 1, 2 … put before the generated ones.", kOptional, {kRandom}},
      {"outputCols", {"outputColNames"}, Names{&in.output_cols}, "null",
       "Names of the generated columns, which decide how many there are. Default: col0, col1 …",
       kOptional, {kRandom}},
      {"outputColConfs", {}, ColConfs{&in.output_col_confs}, "null",
       "Distributions of columns: \"col0:uniform(0,1);col1:gauss(0,2)\". Default: uniform(0,1).",
       kOptional, {kRandom}},
  };
}

}  // namespace

std::vector<Field> input_fields(InputDraft& draft) {
  std::vector<Field> fields = file_fields(draft);
  append(fields, csv_fields(draft.spec));
  append(fields, bad_row_fields(draft));
  append(fields, random_fields(draft));
  append(fields, later_fields({{"timePerSample", ""}, {"timeZones", ""}}));
  return fields;
}

std::vector<Field> output_fields(Draft& draft) {
  OutputSpec& out = draft.spec.output;
  const auto set_format = [&draft](std::size_t i) { draft.output_format = kOutputFormats[i]; };
  return {
      {"format", {}, Choice{{"csv", "tfrecord", "jsonl", "ak", "savedmodel"}, {}, set_format}, "",
       "What the output is. Default: by the ending of filePath."},
      {"filePath", {}, Path{&out.file_path}, "",
       "The file to write; it appears when the job has succeeded. - is standard output.",
       kRequired},
      {"compression", {},
       Choice{{"auto", "none", "gzip", "zlib"}, {}, choice_into(out.compression)}, R"("auto")",
       "How the files are packed. auto: gzip if filePath ends in .gz.",
       kOptional, {kCsv, kTfrecord, kJsonl}},
      {"overwriteSink", {}, Flag{&out.overwrite_sink}, "false",
       "Replace what exists; otherwise it is an error."},
      {"numFiles", {}, Integer{1, kMostFiles, into(out.num_files)}, "1",
       "Above 1: filePath becomes a directory of files 1, 2, …",
       kOptional, {kCsv, kTfrecord, kJsonl, kAk}},
      {"partitionCols", {}, Names{&out.partition_cols}, "null",
       "filePath becomes a directory tree NAME=VALUE/… by these columns, which the files leave out.",
       kOptional, {kCsv, kTfrecord, kJsonl, kAk}},
      {"fieldDelimiter", {}, Delimiter{&out.csv.field_delimiter}, R"(",")",
       "Between fields; may be several characters.", kOptional, {kCsv}},
      {"rowDelimiter", {}, Delimiter{&out.csv.row_delimiter}, R"("\n")",
       "After every row; may be several characters.", kOptional, {kCsv}},
      {"quoteChar", {}, QuoteChar{&out.csv.quote_char}, R"("\"")",
       "Quotes fields that need it; null or an empty string for none.", kOptional, {kCsv}},
      {"header", {}, Flag{&out.csv.header}, "false",
       "Write the names of the columns first.", kOptional, {kCsv}},
  };
}

// clang-format on

}  // namespace alinktf::spec
