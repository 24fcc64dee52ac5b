// The two ways of a select, all values through SQLite or only computed ones, give one result.
#include "source/select.hpp"
#include "unit/source/rows.hpp"

#include <catch2/catch.hpp>

#include <cmath>

namespace alinktf::source {
namespace {

using Catch::Contains;

constexpr std::size_t kRows = 1300;

/// Rows of many types; texts of many lengths, JSON but for that of row 1111 (from 0).
std::unique_ptr<FakeTable> mixture(std::optional<std::size_t> at_once) {
  Rows rows;
  for (std::size_t i = 0; i < kRows; ++i) {
    const std::string n = std::to_string(i);
    rows.push_back({n,
                    i % 5 == 0 ? "null" : n + ".25",
                    i % 7 == 0 ? "null" : fmt::format("\"{}{}\"", std::string(i % 90, 'x'), n),
                    fmt::format("2020-01-{:02}", i % 31 + 1),
                    i % 2 == 0 ? "1" : "0",
                    n + ".5",
                    std::string("\0\xFF", 2) + n,
                    i % 3 == 0 ? "null" : std::string("\0\1", 2) + n});
  }
  rows[1111][2] = "{bad";
  auto table = table_of(
      "n long, x float, s string, d date, b boolean, c decimal, bin varbinary, "
      "v vector",
      std::move(rows));
  if (at_once) {
    table->give_at_once(*at_once);
  }
  return table;
}

/// All that a select gives to its end.
struct Outcome {
  std::string schema;
  Rows rows;
  std::string error;
  std::uint64_t rows_taken = 0;
  std::uint64_t rows_given = 0;
};

Outcome outcome(std::unique_ptr<FakeTable> input, const SelectOptions& options) {
  Outcome all;
  auto reader = SelectReader::open(std::move(input), options);
  if (!reader.ok()) {
    all.error = reader.error().str();
    return all;
  }
  SelectReader& rows = *reader.value();
  all.schema = table::to_string(rows.schema());
  const auto read = read_all(rows, all.rows);
  all.error = read.ok() ? "" : read.error().str();
  all.rows_taken = rows.rows_taken();
  all.rows_given = rows.rows_given();
  return all;
}

struct Statement {
  std::string select;
  std::string where;
};

void check_both_ways(const Statement& statement, std::optional<std::size_t> at_once) {
  INFO("SELECT " << statement.select << " WHERE " << statement.where);
  SelectOptions options{.select = statement.select, .where = statement.where, .seed = 3};
  const Outcome hybrid = outcome(mixture(at_once), options);
  options.plain = true;
  const Outcome plain = outcome(mixture(at_once), options);
  CHECK(hybrid.schema == plain.schema);
  CHECK(hybrid.error == plain.error);
  CHECK(hybrid.rows_taken == plain.rows_taken);
  CHECK(hybrid.rows_given == plain.rows_given);
  CHECK((hybrid.rows == plain.rows));  // too many to print
}

// Copied, computed and both; with aliases that the condition uses; what SQLite must do as a whole.
const std::vector<Statement> kGood{
    {"*", ""},
    {"", "n % 3 = 1"},
    {"s, n, s as again, N as \"two words\"", ""},
    {"input.s as first, (n) as m, input.*", "n <> 7"},
    {"*, n * 2 as twice", ""},
    {"n * 2 as twice, *, s || '!' as loud", "x > 3"},
    {"all n, s", ""},
    {"n n2, x 'x2', d [d2], c `c2`", ""},
    {"v, bin, coalesce(v, bin) as blob, typeof(v) as tv, typeof(bin) as tb, typeof(c) as tc", ""},
    {"typeof(x) as tx, typeof(d) as td, typeof(b) as tb, length(bin) as l, hex(v) as h", ""},
    {"n as k, s", "k % 3 = 0"},
    {"n as k, s as t, n + 1 as j", "\"K\" % 3 = 0 and j > 5 and t like '%x%'"},
    {"n as \"\xC3\xBC\", upper(s) as s", "\"\xC3\xBC\" > 1000"},
    {"n as rowid, s", "rowid % 2 = 0"},
    {"rowid as r, n, n is null, n isnull, not n", ""},
    {"n, 'a,b' as \"a,b\" /* c, d */, 1 as one -- , e", "s is not null -- )"},
    {"rand() as r, n, rand() as q, s", "rand() < 0.5"},
    {"n, (select rand()) as r", ""},
    {"n, random() > 0.5 as coin", "n in (1, 2, 3, 5, 8, 13, 1299)"},
    {"case when rand() > 0.5 then 1. else 0. end as label, *", ""},
    {R"(s in ('"x1"', '"2"', '"3"') as few, x)", ""},
    {"(select n where n > 3) as m, s", ""},
    {"exists (select 1 from json_each('[1,200]') where value = n) as there, s", ""},
    {"cast(n as text) as t, cast(x as integer) as i, null as none, x", "b"},
    {"case when n < 1200 then n else n / 2.0 end as amount, s", "n < 1200"},
    {"distinct b, b + 0 as c", ""},
    {"distinct d", "n > 4"},
    {"d, count(*) over () as many", "n < 100"},
    {"max(n), s", ""},
    {"count(*)", ""},
    {"n, s, n + 1 as m", "n > 100000"},
    {"n, s", "0"},
};

TEST_CASE("A select gives one result whichever way it goes", "[source][select]") {
  const auto at_once = GENERATE(std::optional<std::size_t>(), std::optional<std::size_t>(7));
  for (const Statement& statement : kGood) {
    check_both_ways(statement, at_once);
    CHECK(outcome(mixture(at_once), {.select = statement.select, .where = statement.where})
              .error.empty());
  }
}

TEST_CASE("A select fails at one row whichever way it goes", "[source][select]") {
  const auto statement = GENERATE(values<Statement>({
      {"n, json_extract(s, '$') as j, s", ""},
      {"s", "json_extract(s, '$') <> ''"},
      {"n, case when n < 1200 then n else 'many' end as amount", ""},
      {"n, case when n < 1200 then n else 0.5 end as amount", "n > 90"},
      {"n, case when n < 5 then n else x'00' end as amount", ""},
  }));
  const auto at_once = GENERATE(std::optional<std::size_t>(), std::optional<std::size_t>(7));
  check_both_ways(statement, at_once);
  CHECK_THAT(
      outcome(mixture(at_once), {.select = statement.select, .where = statement.where}).error,
      Catch::StartsWith("row ") && Contains(" of the input: "));
}

TEST_CASE("A statement is refused whichever way it would go", "[source][select]") {
  const auto statement = GENERATE(values<Statement>({
      {"n, m", ""},
      {"n, N", ""},
      {"*, s", ""},
      {"n", "\"none\" = 1"},
      {"n as k, s", "k2 > 1"},
      {"n", "max(n) > 1"},
      {"n, (select max(n) from input) as m", ""},
  }));
  check_both_ways(statement, std::nullopt);
  CHECK_FALSE(outcome(mixture(std::nullopt), {.select = statement.select, .where = statement.where})
                  .error.empty());
}

TEST_CASE("An error of the input comes behind its rows whichever way the select goes",
          "[source][select]") {
  const bool plain = GENERATE(false, true);
  const std::size_t before = GENERATE(64U, 70U, 1100U);
  const auto statement = GENERATE(values<Statement>({{"n", ""}, {"n, n + 1 as m", "n <> 3"}}));
  auto input = table_of("n int", numbered(before));
  input->fail_with(Error(ErrorCode::kInput, "iris.csv line 9 is bad"));
  const Outcome found = outcome(
      std::move(input), {.select = statement.select, .where = statement.where, .plain = plain});
  CHECK(found.error == "iris.csv line 9 is bad");
  CHECK(found.rows.size() == before - (statement.where.empty() ? 0 : 1));
}

TEST_CASE("Columns that are only copied never meet SQL", "[source][select]") {
  auto input = table_of("x double, n int", {{"nan", "1"}, {"0.5", "2"}});
  auto reader =
      take(SelectReader::open(std::move(input), {.select = "x, n + 1 as m", .where = ""}));
  CHECK(rows_of(*reader) == Rows{{"nan", "2"}, {"0.5", "3"}});  // SQL would make it NULL
}

TEST_CASE("A row that fulfils the condition does not wait for the next one", "[source][select]") {
  const auto statement = GENERATE(values<Statement>({{"n", "n = 0"}, {"n, n + 1 as m", "n >= 0"}}));
  auto input = table_of("n int", numbered(1200));
  input->give_at_once(2);
  auto reader = take(
      SelectReader::open(std::move(input), {.select = statement.select, .where = statement.where}));
  table::RowBlock block(reader->schema().size());
  while (reader->rows_given() < (statement.where == "n = 0" ? 0 : 1000)) {
    take(reader->read(block));  // those that gave the types
  }
  const std::uint64_t taken = reader->rows_taken();
  take(reader->read(block));
  CHECK(block.rows() == (statement.where == "n = 0" ? 1 : 2));
  CHECK(reader->rows_taken() == taken + 2);
  CHECK(reader->would_wait());
}

TEST_CASE("Small blocks of rows get all rows whichever way the select goes", "[source][select]") {
  const bool plain = GENERATE(false, true);
  auto reader = take(SelectReader::open(
      mixture(std::nullopt), {.select = "n, s, n + 1 as m", .where = "n % 3", .plain = plain}));
  table::RowBlock block(3, 5);
  std::size_t n = 0;
  for (take(reader->read(block)); block.rows() != 0; take(reader->read(block))) {
    for (std::size_t row = 0; row < block.rows(); ++row) {
      n += n % 3 == 2 ? 2U : 1U;
      REQUIRE(block.row(row)[0].integer == static_cast<std::int64_t>(n));
    }
  }
  CHECK(n == kRows - 2);  // the last that 3 does not divide
}

}  // namespace
}  // namespace alinktf::source
