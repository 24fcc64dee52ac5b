#include "source/select.hpp"

#include "unit/source/rows.hpp"

#include <catch2/catch.hpp>

#include <set>

namespace alinktf::source {
namespace {

using Catch::Contains;

std::unique_ptr<SelectReader> select(std::unique_ptr<FakeTable> input,
                                     std::string list,
                                     std::string where = "",
                                     std::uint64_t seed = 0) {
  return take(SelectReader::open(
      std::move(input), {.select = std::move(list), .where = std::move(where), .seed = seed}));
}

/// What opening says; it must fail.
std::string refusal(std::unique_ptr<FakeTable> input,
                    std::string list,
                    std::string where = "",
                    ErrorCode code = ErrorCode::kSpec) {
  return failure(
      SelectReader::open(std::move(input), {.select = std::move(list), .where = std::move(where)}),
      code);
}

/// The schema that `list` makes of `input`.
std::string types(std::unique_ptr<FakeTable> input, std::string list) {
  return table::to_string(select(std::move(input), std::move(list))->schema());
}

std::unique_ptr<FakeTable> flowers() {
  return table_of("id byte, size float, species string, seen boolean, day date",
                  {{"1", "0.5", "setosa", "1", "2020-01-02"},
                   {"2", "1.5", "virginica", "0", "null"},
                   {"3", "null", "setosa", "null", "2020-01-04"}});
}

TEST_CASE("All columns with all rows pass as they are", "[source][select]") {
  auto reader = select(flowers(), "*");
  CHECK(reader->schema() == flowers()->schema());
  CHECK(rows_of(*reader) == rows_of(*flowers()));
}

TEST_CASE("Bare columns keep their types under new names", "[source][select]") {
  CHECK(types(flowers(), "seen, id as number, size, day, species as \"two words\"") ==
        "seen BOOLEAN,number TINYINT,size FLOAT,day DATE,two words STRING");
}

TEST_CASE("Computed columns take their types from their values", "[source][select]") {
  CHECK(types(flowers(),
              "*, id + 1 as whole, size * 2 as part, upper(species) as words, null as none, "
              "case when id = 1 then 1 else 0.5 end as mixed, nullif(id, 1) as gap") ==
        to_string(flowers()->schema()) +
            ",whole BIGINT,part DOUBLE,words STRING,none STRING,mixed DOUBLE,gap BIGINT");
}

TEST_CASE("Alink's labels are integers", "[source][select]") {
  auto reader = select(
      flowers(), "case when species = 'setosa' then 1. else 0. end as label, id / 2. as half");
  CHECK(table::to_string(reader->schema()) == "label BIGINT,half DOUBLE");
  CHECK(rows_of(*reader) == Rows{{"1", "0.5"}, {"0", "1"}, {"1", "1.5"}});
}

TEST_CASE("A mixed column is real in every row", "[source][select]") {
  auto reader = select(flowers(), "case when id < 3 then id else 0.25 end as x");
  CHECK(rows_of(*reader) == Rows{{"1"}, {"2"}, {"0.25"}});
  CHECK(reader->schema()[0].type == table::ColumnType::kDouble);
}

TEST_CASE("A condition leaves rows out and they are counted", "[source][select]") {
  auto reader = select(flowers(), "id", "species = 'setosa' -- the small ones");
  CHECK(rows_of(*reader) == Rows{{"1"}, {"3"}});
  CHECK(reader->rows_taken() == 3);
  CHECK(reader->rows_given() == 2);
}

TEST_CASE("A condition alone keeps all columns", "[source][select]") {
  auto reader = select(flowers(), "", "size is null");
  CHECK(rows_of(*reader) == Rows{{"3", "null", "setosa", "null", "2020-01-04"}});
}

TEST_CASE("A condition that no row satisfies gives an empty table", "[source][select]") {
  auto reader = select(flowers(), "id * 2 as x", "id > 100");
  CHECK(rows_of(*reader).empty());
  CHECK(reader->schema()[0].type == table::ColumnType::kString);
}

TEST_CASE("Rows past those that gave the types come in order", "[source][select]") {
  auto reader = select(table_of("n long", numbered(2500)), "n, n * 2 as d");
  const Rows rows = rows_of(*reader);
  REQUIRE(rows.size() == 2500);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    REQUIRE(rows[i] == std::vector{std::to_string(i), std::to_string(2 * i)});
  }
}

TEST_CASE("A late value that does not fit its column is an input error", "[source][select]") {
  auto reader = select(table_of("n long", numbered(1500)),
                       "case when n < 1200 then n else 'many' end as amount");
  CHECK(reader->schema()[0].type == table::ColumnType::kLong);
  Rows rows;
  const std::string text = failure(read_all(*reader, rows), ErrorCode::kInput);
  CHECK_THAT(text,
             Contains("row 1201 of the input") && Contains("column 'amount'") &&
                 Contains("found a text, expected BIGINT") && Contains("CAST"));
  CHECK(rows.size() == 1200);
  CHECK(failure(read_all(*reader, rows), ErrorCode::kInput) == text);  // it stays failed
}

TEST_CASE("A real number among integers comes too late after the types are fixed",
          "[source][select]") {
  auto reader = select(table_of("n long", numbered(1001)),
                       "case when n < 1000 then n else 0.5 end as amount");
  Rows rows;
  CHECK_THAT(failure(read_all(*reader, rows), ErrorCode::kInput), Contains("found a real number"));
  CHECK(rows.size() == 1000);
}

TEST_CASE("An early mixture of texts and numbers is an input error", "[source][select]") {
  CHECK_THAT(
      refusal(flowers(), "case when id < 2 then id else 'x' end as a", "", ErrorCode::kInput),
      Contains("row 2 of the input: column 'a'") && Contains("CAST"));
}

TEST_CASE("Texts stay as they were until the next read", "[source][select]") {
  Rows input;
  for (int i = 0; i < 3000; ++i) {
    input.push_back({std::string(static_cast<std::size_t>(i % 70), 'a') + std::to_string(i), "x"});
  }
  Rows expected;
  for (const auto& row : input) {
    expected.push_back({row[0] + "!", row[0], row[1]});
  }
  auto table = table_of("t string, u string", input);
  const bool in_pieces = GENERATE(false, true);
  if (in_pieces) {
    table->give_at_once(7);
  }
  auto reader = select(std::move(table), "t || '!' as s, t, u");
  CHECK(rows_of(*reader) == expected);
}

TEST_CASE("Texts with zero bytes and without letters pass", "[source][select]") {
  const std::string zero("a\0b", 3);
  auto reader = select(table_of("t string", {{zero}, {""}, {"null"}, {"\xFF\xFE"}}), "t, 1 as one");
  CHECK(rows_of(*reader) == Rows{{zero, "1"}, {"", "1"}, {"null", "1"}, {"\xFF\xFE", "1"}});
}

TEST_CASE("Random numbers follow from the seed", "[source][select]") {
  const auto draw = [](std::uint64_t seed) {
    auto reader = select(table_of("n int", numbered(1100)), "RAND() as r", "", seed);
    return rows_of(*reader);
  };
  const Rows once = draw(7);
  CHECK(draw(7) == once);
  CHECK(draw(8) != once);
  CHECK(std::set(once.begin(), once.end()).size() == once.size());
}

TEST_CASE("There is one draw a call in row order", "[source][select]") {
  // SplitMix64 with seed 0: 0xE220A8397B1DCDAF, 0x6E789E6AA1B965F4, 0x06C45D188009454F, …
  auto reader = select(table_of("n int", numbered(2)), "rand() as a, rand() as b");
  table::RowBlock block(2);
  take(reader->read(block));
  REQUIRE(block.rows() == 2);
  CHECK(block.row(0)[0].real == static_cast<double>(0xE220A8397B1DCDAFU >> 11U) * 0x1.0p-53);
  CHECK(block.row(0)[1].real == static_cast<double>(0x6E789E6AA1B965F4U >> 11U) * 0x1.0p-53);
  CHECK(block.row(1)[0].real == static_cast<double>(0x06C45D188009454FU >> 11U) * 0x1.0p-53);
}

TEST_CASE("Rows before an error of the input are delivered first", "[source][select]") {
  const std::size_t before = GENERATE(3U, 1005U);
  auto input = table_of("n int", numbered(before));
  input->fail_with(Error(ErrorCode::kInput, "iris.csv line 9 is bad"));
  auto reader = select(std::move(input), "n + 1 as m");
  Rows rows;
  CHECK(failure(read_all(*reader, rows), ErrorCode::kInput) == "iris.csv line 9 is bad");
  CHECK(rows.size() == before);
}

TEST_CASE("An SQL error of a row says which row", "[source][select]") {
  auto reader = select(table_of("n int", numbered(3)),
                       "n, case when n = 2 then abs(-9223372036854775807 - 1) else n end as a");
  Rows rows;
  CHECK_THAT(failure(read_all(*reader, rows), ErrorCode::kInput),
             Contains("row 3 of the input: SQL error: integer overflow"));
  CHECK(rows.size() == 2);
}

TEST_CASE("Wrong SQL is told with the place and the statement", "[source][select]") {
  CHECK_THAT(refusal(flowers(), "id, sise * 2 as x"),
             Contains("/select: SQL error at character 5, near 'sise * 2 as x': no such column: "
                      "sise (did you mean 'size'?)") &&
                 Contains("SELECT id, sise * 2 as x FROM input"));
  CHECK_THAT(refusal(flowers(), "", "id >"), Contains("/where: SQL error"));
}

TEST_CASE("A wrong condition beside a right list is told as the condition", "[source][select]") {
  CHECK_THAT(refusal(flowers(), "id", "sise > 2"),
             Contains("/where: SQL error at character 1, near 'sise > 2': no such column: sise"));
}

TEST_CASE("Two columns of the result cannot have one name", "[source][select]") {
  CHECK_THAT(refusal(flowers(), "id, size as ID"),
             Contains("/select: found two columns of the result called 'ID'") &&
                 Contains("give one of them another with AS"));
  CHECK_THAT(refusal(flowers(), "*, id"), Contains("called 'id'"));
  CHECK_THAT(refusal(flowers(), "distinct id, id"), Contains("called 'id'"));
  CHECK(types(flowers(), "id, id as id2, id as id3") == "id TINYINT,id2 TINYINT,id3 TINYINT");
}

TEST_CASE("Names of columns may hold anything", "[source][select]") {
  const table::Schema schema{{.name = "two words", .type = table::ColumnType::kInt},
                             {.name = "a \"b\"", .type = table::ColumnType::kInt},
                             {.name = "gr\xC3\xB6\xC3\x9F"
                                      "e_3",
                              .type = table::ColumnType::kFloat},
                             {.name = "select", .type = table::ColumnType::kString},
                             {.name = "x]", .type = table::ColumnType::kDate}};
  const auto table = [&] {
    return std::make_unique<FakeTable>(schema, Rows{{"1", "2", "0.5", "s", "2020-01-02"}});
  };
  auto all = select(table(), "*");
  CHECK(all->schema() == schema);
  auto some = select(table(),
                     "\"x]\", \"TWO Words\" + \"a \"\"b\"\"\" as sum, `a \"b\"`, "
                     "gr\xC3\xB6\xC3\x9F"
                     "e_3, [select], \"select\" || '.' as t",
                     "\"gr\xC3\xB6\xC3\x9F"
                     "e_3\" < 1");
  CHECK(table::to_string(some->schema()) ==
        "x] DATE,sum BIGINT,a \"b\" INT,gr\xC3\xB6\xC3\x9F"
        "e_3 FLOAT,select STRING,t STRING");
  CHECK(rows_of(*some) == Rows{{"2020-01-02", "3", "2", "0.5", "s", "s."}});
}

TEST_CASE("Names are compared as SQLite does: case counts beyond ASCII", "[source][select]") {
  const table::Schema schema{{.name = "\xC3\xBC", .type = table::ColumnType::kInt},
                             {.name = "\xC3\x9C", .type = table::ColumnType::kInt}};
  auto reader = select(std::make_unique<FakeTable>(schema, Rows{{"1", "2"}}), "\xC3\x9C, \xC3\xBC");
  CHECK(rows_of(*reader) == Rows{{"2", "1"}});
}

TEST_CASE("Vectors and tensors pass with their types and are blobs in SQL", "[source][select]") {
  const std::string vector("\1\0\xFE", 3);
  const bool distinct = GENERATE(false, true);
  auto reader =
      select(table_of("v vector, t float_tensor, b varbinary", {{vector, "null", vector}}),
             std::string(distinct ? "distinct " : "") +
                 "*, typeof(v) as kind, coalesce(t, v) as some, length(b) as size");
  CHECK(reader->schema()[0].type == table::ColumnType::kVector);
  CHECK(reader->schema()[1].type == table::ColumnType::kFloatTensor);
  CHECK(reader->schema()[2].type == table::ColumnType::kVarbinary);
  CHECK(reader->schema()[4].type == table::ColumnType::kVarbinary);
  CHECK(rows_of(*reader) == Rows{{vector, "null", vector, "blob", vector, "3"}});
}

TEST_CASE("The row's number is a column like any computed one", "[source][select]") {
  auto reader = select(table_of("t string", {{"a"}, {"b"}}), "rowid as n, t");
  CHECK(table::to_string(reader->schema()) == "n BIGINT,t STRING");
  CHECK(rows_of(*reader) == Rows{{"1", "a"}, {"2", "b"}});
}

TEST_CASE("A key of the statement never takes the blame of the other", "[source][select]") {
  CHECK_THAT(refusal(flowers(), "id)", "(id > 1"), Contains("/select: found a parenthesis"));
  CHECK_THAT(refusal(flowers(), "id", "id > 1) or (1"), Contains("/where: found a parenthesis"));
  CHECK_THAT(refusal(flowers(), "id /* ", "*/ from input"), Contains("/select: found a quote"));
  CHECK_THAT(refusal(flowers(), "id; select 1"), Contains("/select: found ';'"));
  CHECK_THAT(refusal(flowers(), "", "-- id"), Contains("/where: found nothing"));
  CHECK(rows_of(*select(flowers(), "id -- all", "id > 2 -- but two")) == Rows{{"3"}});
}

TEST_CASE("The input cannot be read twice", "[source][select]") {
  CHECK_THAT(refusal(flowers(), "id, (select max(id) from input) as m", "", ErrorCode::kInput),
             Contains("cannot be read a second time"));
}

TEST_CASE("A selection of an input that waits gives what is there", "[source][select]") {
  auto input = table_of("n int", numbered(5));
  input->give_at_once(2);
  auto reader = select(std::move(input), "n");
  table::RowBlock block(1);
  take(reader->read(block));
  CHECK(block.rows() == 2);
  CHECK(reader->would_wait());
}

TEST_CASE("An empty input has the columns of the list", "[source][select]") {
  auto reader = select(table_of("a int, b string", {}), "b, a + 1 as c");
  CHECK(table::to_string(reader->schema()) == "b STRING,c STRING");
  CHECK(rows_of(*reader).empty());
}

}  // namespace
}  // namespace alinktf::source
