// Vectors, tensors and bytes in CSV.
#include "formats/csv/reader.hpp"
#include "formats/csv/writer.hpp"
#include "unit/formats/csv/rows.hpp"

#include <catch2/catch.hpp>

namespace alinktf::csv {
namespace {

using Catch::Contains;

/// `text` read and written again.
std::string again(const std::string& schema, const std::string& text, const Options& options = {}) {
  const auto reader = take(open(schema, text, options));
  const Writer writer(reader->schema(), options);
  table::RowBlock block(reader->schema().size());
  Buffer out;
  do {
    take(reader->read(block));
    for (std::size_t i = 0; i < block.rows(); ++i) {
      writer.append_row(block.row(i), out);
    }
  } while (block.rows() != 0);
  return std::string(out.view());
}

TEST_CASE("Vectors and tensors follow the quoting rules of strings", "[csv][nested]") {
  CHECK(rows_of("v vector, t float_tensor, s string_tensor",
                "1 2,\"FLOAT#1,2#1 2 \",\"STRING#1#3 #\"\"a\"\" \"\n") ==
        Rows{{"1.0 2.0", "FLOAT#1,2#1.0 2.0 ", "STRING#1#3 #\"a\" "}});
  CHECK(again("t float_tensor, v vector, s string_tensor",
              "\"FLOAT#1,2#1 2 \",1 2,\"STRING#1#3 #\"\"a\"\" \"\n") ==
        "\"FLOAT#1,2#1.0 2.0 \",1.0 2.0,\"STRING#1#3 #\"\"a\"\" \"\n");
}

TEST_CASE("Empty and blank vectors and tensors are null", "[csv][nested]") {
  CHECK(rows_of("a vector, b tensor, c string_tensor, d sparse_vector", ", ,\"\",\" \"\n") ==
        Rows{{"null", "null", "null", "null"}});
}

TEST_CASE("A bad vector or tensor is named with what is wrong with it", "[csv][nested]") {
  CHECK(failure_of("i int, v dense_vector", "1,1 x\n") ==
        "t.csv: line 1, column 'v' (DENSE_VECTOR): found '1 x', expected a vector such as 1.0 2.0; "
        "value 2 is 'x', expected a number");
}

TEST_CASE("Invalid vectors and tensors can be null", "[csv][nested]") {
  BadRows bad;
  Options options;
  options.null_for_invalid = true;
  options.bad_rows = &bad;
  const auto reader = take(open(
      "v vector, t int_tensor, i int, b varbinary", "x,INT#1#a,1,\n1,x,y,\n1,,2,x\n", options, 1));
  Rows rows;
  take(read_all(*reader, rows));
  CHECK(rows == Rows{{"null", "null", "1", "null"}});
  CHECK(reader->invalid_values() == 2);
  CHECK(bad.rows == std::vector<std::string>{"2: 1,x,y,", "3: 1,,2,x"});
}

TEST_CASE("Bytes are base64", "[csv][nested]") {
  CHECK(rows_of("b varbinary, c varbinary, d varbinary", "AAEC,,\"\"\n") ==
        Rows{{"'" + std::string("\0\1\2", 3), "null", "'"}});
  CHECK(again("b varbinary, c varbinary, d varbinary", "AAEC,,\"\"\n") == "AAEC,,\"\"\n");
  CHECK(failure_of("b varbinary, i int", "A*E=,1\n") ==
        "t.csv: line 1, column 'b' (VARBINARY): found 'A*E=', expected bytes in base64, such as "
        "aGVsbG8=");
}

TEST_CASE("Values of a block stay valid until the next read", "[csv][nested]") {
  std::string text;
  for (int i = 0; i < 1000; ++i) {
    text += std::to_string(i) + " 1 2 3 4 5 6 7 8 9 10,DOUBLE#1#" + std::to_string(i) + ".5 \n";
  }
  const Rows rows = rows_of("v vector, t tensor", text, {}, 777);
  REQUIRE(rows.size() == 1000);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    CHECK(rows[i][0].starts_with(std::to_string(i) + ".0 1.0 "));
    CHECK(rows[i][1] == "DOUBLE#1#" + std::to_string(i) + ".5 ");
  }
}

}  // namespace
}  // namespace alinktf::csv
