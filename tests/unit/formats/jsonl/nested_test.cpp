#include "formats/jsonl/nested.hpp"

#include "unit/formats/jsonl/rows.hpp"

#include <catch2/catch.hpp>

namespace alinktf::jsonl {
namespace {

using Catch::Contains;
using table::Element;

std::string tensor(Element element, const std::string& rest) {
  return fmt::format("TENSOR {}[{}", static_cast<int>(element), rest);
}

TEST_CASE("An array is a dense vector", "[jsonl][nested]") {
  const auto* const type = GENERATE("vector", "dense_vector");
  CHECK(cell_of(type, "[1,-2.5,3e2]") == "DENSE[3] 1 -2.5 300");
  CHECK(cell_of(type, "[ 1 , NaN,\"-Infinity\" ]") == "DENSE[3] 1 nan -inf");
  CHECK(cell_of(type, "[]") == "DENSE[0]");
}

TEST_CASE("An object is a sparse vector", "[jsonl][nested]") {
  const auto* const type = GENERATE("vector", "sparse_vector");
  CHECK(cell_of(type, R"({"size":4,"indices":[0,2],"values":[1,3.5]})") == "SPARSE[4] 0:1 2:3.5");
  CHECK(cell_of(type, R"({ "values" : [1,3.5] , "indices" : [2,0] })") == "SPARSE[-1] 0:3.5 2:1");
  CHECK(cell_of(type, R"({"size":null,"indices":[],"values":[]})") == "SPARSE[-1]");
}

TEST_CASE("What makes no vector is refused", "[jsonl][nested]") {
  struct Case {
    const char* type;
    const char* text;
    const char* problem;
  };
  const auto [type, text, problem] = GENERATE(
      Case{"vector", "1", "found '1', expected an object such as"},
      Case{"dense_vector", "{}", "found '{}', expected an array of numbers"},
      Case{"sparse_vector", "[1]", "found '[1]', expected an object such as"},
      Case{"vector", "[1,null]", "found 'null' at byte 9, expected a number"},
      Case{"vector", "[1,[2]]", "found '[2]' at byte 9, expected a number"},
      Case{"vector", "[1,\"x\"]", "found '\"x\"' at byte 9, expected a number"},
      Case{"vector", "[1;2]", "byte 8: found ';2', expected ',' or ']'"},
      Case{"vector", "{\"size\":1,\"values\":[]}", "without \"indices\""},
      Case{"vector", "{\"indices\":[]}", "without \"values\""},
      Case{"vector", "{\"indices\":[1],\"values\":[]}", "found 1 indices and 0 values"},
      Case{"vector", "{\"indices\":[1,1],\"values\":[1,2]}", "found the index 1 twice"},
      Case{"vector", "{\"size\":2,\"indices\":[2],\"values\":[1]}", "found the index 2"},
      Case{"vector", "{\"indices\":[-1],\"values\":[1]}", "found '-1' at byte 18"},
      Case{"vector", "{\"size\":1.5,\"indices\":[],\"values\":[]}", "found '1.5' at byte 14"},
      Case{"vector", "{\"index\":[]}", "found the key 'index' at byte 7"},
      Case{"vector", "{\"size\":1,\"size\":2}", "found the key 'size' at byte 16"});
  CAPTURE(type, text);
  CHECK_THAT(cell_failure(type, text), Contains(problem));
}

TEST_CASE("Arrays in arrays are a tensor of its columns type", "[jsonl][nested]") {
  CHECK(cell_of("float_tensor", "[[1,2.5],[3,4]]") == tensor(Element::kFloat, "2,2] 1 2.5 3 4"));
  CHECK(cell_of("double_tensor", "[[[1]],[[0.1]]]") == tensor(Element::kDouble, "2,1,1] 1 0.1"));
  CHECK(cell_of("int_tensor", "[-2147483648]") == tensor(Element::kInt, "1] -2147483648"));
  CHECK(cell_of("long_tensor", "[9223372036854775807]") ==
        tensor(Element::kLong, "1] 9223372036854775807"));
  CHECK(cell_of("bool_tensor", "[true,false,1]") == tensor(Element::kBoolean, "3] 1 0 1"));
  CHECK(cell_of("byte_tensor", "[-128,127]") == tensor(Element::kByte, "2] -128 127"));
  CHECK(cell_of("ubyte_tensor", "[[0],[255]]") == tensor(Element::kUbyte, "2,1] 0 255"));
  CHECK(cell_of("string_tensor", R"([["a","\n"],[null,""]])") ==
        tensor(Element::kString, "2,2] 'a '\n null '"));
}

TEST_CASE("A lone value is a tensor of no dimension", "[jsonl][nested]") {
  CHECK(cell_of("float_tensor", "1.5") == tensor(Element::kFloat, "] 1.5"));
  CHECK(cell_of("tensor", "\"x\"") == tensor(Element::kString, "] 'x"));
}

TEST_CASE("The values of a tensor without a type say what it is", "[jsonl][nested]") {
  CHECK(cell_of("tensor", "[1,-2]") == tensor(Element::kLong, "2] 1 -2"));
  CHECK(cell_of("tensor", "[[1],[2.0]]") == tensor(Element::kDouble, "2,1] 1 2"));
  CHECK(cell_of("tensor", "[1,1e2]") == tensor(Element::kDouble, "2] 1 100"));
  CHECK(cell_of("tensor", "[1,\"NaN\",-Infinity]") == tensor(Element::kDouble, "3] 1 nan -inf"));
  CHECK(cell_of("tensor", "[true,false]") == tensor(Element::kBoolean, "2] 1 0"));
  CHECK(cell_of("tensor", "[\"1.5\",null]") == tensor(Element::kString, "2] '1.5 null"));
  CHECK(cell_of("tensor", "[\"]\",\"1\"]") == tensor(Element::kString, "2] '] '1"));
}

TEST_CASE("What stands behind a tensor does not say what it is", "[jsonl][nested]") {
  CHECK(rows_of("t tensor, d double", "{\"t\":[[1]],\"d\":2.5}\n") ==
        Rows{{tensor(Element::kLong, "1,1] 1"), "2.5"}});
  CHECK(rows_of("t tensor, d double", "{\"t\":1,\"d\":2.5}\n") ==
        Rows{{tensor(Element::kLong, "] 1"), "2.5"}});
}

TEST_CASE("Tensors may have no values", "[jsonl][nested]") {
  CHECK(cell_of("tensor", "[]") == tensor(Element::kDouble, "0]"));
  CHECK(cell_of("int_tensor", "[[],[]]") == tensor(Element::kInt, "2,0]"));
}

TEST_CASE("What makes no tensor is refused", "[jsonl][nested]") {
  struct Case {
    const char* type;
    const char* text;
    const char* problem;
  };
  const auto [type, text, problem] = GENERATE(
      Case{"tensor", "[[1,2],[3]]", "found an array of 1 values at byte 13, expected 2"},
      Case{"tensor", "[[],[1]]", "found an array of 1 values at byte 10, expected 0"},
      Case{"tensor", "[[[1]],[]]", "found an array of 0 values at byte 13, expected 1"},
      Case{"tensor", "[1,[2]]", "found '[2]' at byte 9, expected a value, as the others here"},
      Case{"tensor", "[[1],2]", "found '2' at byte 11, expected an array, as the others here"},
      Case{"tensor", "[1,true]", "found 'true' at byte 9, expected a whole number"},
      Case{"tensor", "[1,\"x\"]", "found '\"x\"' at byte 9, expected a whole number"},
      Case{"tensor", "[1,null]", "found 'null' at byte 9, expected a whole number"},
      Case{"tensor", "{}", "found '{}' at byte 6, expected a number"},
      Case{"int_tensor", "[1.0]", "found '1.0' at byte 7, expected a whole number"},
      Case{"ubyte_tensor", "[256]", "expected a whole number from 0 to 255"},
      Case{"bool_tensor", "[2]", "found '2' at byte 7, expected true or false"},
      Case{"string_tensor", "[1]", "found '1' at byte 7, expected a text"},
      Case{"tensor", "[1;", "byte 8: found ';', expected ',' or ']'"},
      Case{"tensor", "[", "byte 7: found '}', expected a value of JSON"});
  CAPTURE(type, text);
  CHECK_THAT(cell_failure(type, text), Contains(problem));
}

}  // namespace
}  // namespace alinktf::jsonl
