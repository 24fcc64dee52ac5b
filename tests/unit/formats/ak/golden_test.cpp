// What Alink wrote is read, and written again, byte by byte.
#include "unit/golden.hpp"

#include "formats/ak/reader.hpp"
#include "formats/ak/writer.hpp"
#include "formats/csv/writer.hpp"
#include "unit/formats/zip/archive.hpp"

#include <catch2/catch.hpp>

#include <regex>

namespace alinktf::ak {
namespace {

std::unique_ptr<Reader> open(const std::string& bytes) {
  return take(Reader::open(std::make_unique<StringSource>(bytes, "a.ak")));
}

/// All rows of `reader` by way of `append`.
template <typename Append>
void each_row(Reader& reader, Append&& append) {
  table::RowBlock block(reader.schema().size());
  for (take(reader.read(block)); block.rows() != 0; take(reader.read(block))) {
    for (std::size_t i = 0; i < block.rows(); ++i) {
      append(block.row(i));
    }
  }
}

std::string as_csv(const std::string& bytes) {
  const auto reader = open(bytes);
  const csv::Writer writer(reader->schema(), csv::Options{});
  Buffer out;
  each_row(*reader, [&](std::span<const table::Cell> row) { writer.append_row(row, out); });
  return std::string(out.view());
}

/// The entries of the .ak file that we make of the rows of the file `bytes`.
zip::Entries rewritten(const std::string& bytes) {
  const auto reader = open(bytes);
  const Writer writer(reader->schema());
  Container container(reader->schema());
  Buffer records;
  each_row(*reader, [&](auto row) { take(writer.append_row(row, records)); });
  Buffer out;
  take(container.add(records.view(), out));
  take(container.finish(out));
  return take(zip::entries_of(std::string(out.view())));
}

TEST_CASE("Files that Alink wrote have the rows that its CSV sink wrote", "[ak][golden]") {
  CHECK(as_csv(golden::read_file("ak/random_100x10_p1.ak")) ==
        golden::read_file("random/random_100x10_p1.csv"));
  CHECK(as_csv(golden::read_file("jobs/r2/model.ak")) == golden::read_file("jobs/r2/output.csv"));
  CHECK(as_csv(golden::read_file("jobs/r5/model.ak")) == golden::read_file("jobs/r5/output.csv"));
  // A DECIMAL is a double here, so its digits are the fewest, laid out as those of a double.
  std::string expected = golden::read_file("csv/types_scalar.csv");
  for (const auto& [theirs, ours] : {std::pair(",1\\.10\n", ",1.1\n"),
                                     std::pair(",1E-7\n", ",1.0E-7\n"),
                                     std::pair(",1E\\+3\n", ",1000.0\n"),
                                     std::pair(",-5\n", ",-5.0\n")}) {
    expected = std::regex_replace(expected, std::regex(theirs), ours);
  }
  CHECK(as_csv(golden::read_file("ak/types_scalar.ak")) == expected);
}

TEST_CASE("Rows are written as Alink wrote them, but for digits of DECIMAL", "[ak][golden]") {
  for (const auto* file : {"ak/random_100x10_p1.ak", "jobs/r2/model.ak", "jobs/r5/model.ak"}) {
    CAPTURE(file);
    const std::string bytes = golden::read_file(file);
    CHECK((rewritten(bytes) == take(zip::entries_of(bytes))));
  }
  const std::string bytes = golden::read_file("ak/types_scalar.ak");
  const zip::Entries theirs = take(zip::entries_of(bytes));
  const zip::Entries ours = rewritten(bytes);
  REQUIRE(ours.size() == 2);
  CHECK(ours[0] == theirs[0]);
  // 1.10 is 110 with a scale of 2 there and 11 with one of 1 here; 1E+3 is 1000.
  std::string expected = theirs[1].second;
  const auto replace = [&](std::string_view from, std::string_view to) {
    const std::size_t at = expected.find(from);
    REQUIRE(at != std::string::npos);
    expected.replace(at, from.size(), to);
  };
  using namespace std::literals;
  replace("\0\0\0\x05\x6E\0\0\0\x02"sv, "\0\0\0\x05\x0B\0\0\0\x01"sv);
  replace("\0\0\0\x02\xFF\xFF\xFF\xFD"sv, "\0\0\0\x06\x03\xE8\0\0\0\0"sv);
  replace("\0\0\x43\0"sv, "\0\0\x45\0"sv);  // the length of the row with 1000
  CHECK(ours[1].second == expected);
}

}  // namespace
}  // namespace alinktf::ak
