#include "formats/text_form/nested_text.hpp"

#include "unit/result.hpp"

#include <catch2/catch.hpp>

#include <string>

namespace alinktf::text_form {
namespace {

using Catch::Contains;
using table::ColumnType;

/// `text` read as `type` and written again, or "error: " and the message.
std::string again(ColumnType type, std::string_view text) {
  Buffer bytes;
  bytes.append("before");
  const Result<void> result = parse_nested(type, text, bytes);
  if (!result.ok()) {
    CHECK(result.error().code() == ErrorCode::kInput);
    CHECK(bytes.view() == "before");
    return "error: " + result.error().str();
  }
  Buffer out;
  append_nested(bytes.view().substr(6), out);
  return std::string(out.view());
}

TEST_CASE("Vectors are read with blanks and commas between their values", "[text_form][nested]") {
  CHECK(again(ColumnType::kVector, " 1, 2  3,4 ") == "1.0 2.0 3.0 4.0");
  CHECK(again(ColumnType::kVector, "1,2,") == "1.0 2.0");
  CHECK(again(ColumnType::kVector, "$5$2:1,0:-3") == "$5$0:-3.0 2:1.0");
  CHECK(again(ColumnType::kVector, "7:1") == "7:1.0");
  CHECK(again(ColumnType::kVector, "NaN -Infinity 1e400 .5 1d") ==
        "NaN -Infinity Infinity 0.5 1.0");
}

TEST_CASE("Long vectors keep every digit", "[text_form][nested]") {
  std::string text;
  for (int i = 0; i < 1000; ++i) {
    text += (i == 0 ? "" : " ") + std::string("0.") + std::to_string(1234567890123LL + i * 7) + "1";
  }
  CHECK(again(ColumnType::kDenseVector, text) == text);
}

TEST_CASE("Dense and sparse vectors become what their column holds", "[text_form][nested]") {
  CHECK(again(ColumnType::kDenseVector, "$4$0:1 2:3") == "1.0 0.0 3.0 0.0");
  CHECK(again(ColumnType::kDenseVector, "2:3") == "0.0 0.0 3.0");
  CHECK(again(ColumnType::kDenseVector, "").empty());
  CHECK(again(ColumnType::kSparseVector, "0 1.5 0 NaN") == "$4$1:1.5 3:NaN");
  CHECK(again(ColumnType::kSparseVector, "$0$") == "$0$");
}

TEST_CASE("A bad vector is refused with what is wrong", "[text_form][nested]") {
  const auto refusal = [](std::string_view text) { return again(ColumnType::kVector, text); };
  CHECK(refusal("1 a 2") == "error: value 2 is 'a', expected a number");
  CHECK(refusal("1\t2") == "error: value 1 is '1\\t2', expected a number");
  CHECK(refusal("1;2") == "error: value 1 is '1;2', expected a number");
  CHECK(refusal("1,,2") == "error: there is no value before a comma");
  CHECK(refusal(",1") == "error: there is no value before a comma");
  CHECK(refusal("0:1 2") ==
        "error: pair 2 is '2', expected POSITION:NUMBER with a position from 0");
  CHECK_THAT(refusal("$3$1 2 3"), Contains("pair 1 is '1'"));
  CHECK_THAT(refusal("-1:2"), Contains("pair 1"));
  CHECK_THAT(refusal("1:"), Contains("pair 1"));
  CHECK(refusal("3:1 0:5 3:2") == "error: position 3 stands twice");
  CHECK(refusal("$2$5:1") == "error: position 5 is not below its size, 2");
  CHECK_THAT(refusal("$4"), Contains("its size is '4'"));
  CHECK_THAT(refusal("$-1$0:1"), Contains("its size is '-1'"));
}

TEST_CASE("A short sparse text cannot ask for a giant dense vector", "[text_form][nested]") {
  CHECK(again(ColumnType::kSparseVector, "2000000000:1") == "2000000000:1.0");
  CHECK_THAT(again(ColumnType::kDenseVector, "2000000000:1"),
             Contains("2000000001 values as a dense one") && Contains("SPARSE_VECTOR"));
  CHECK_THAT(again(ColumnType::kFloatTensor, "$2000000000$"), Contains("as a dense one"));
}

TEST_CASE("Tensors of every type are written as they were read", "[text_form][nested]") {
  struct Case {
    ColumnType type;
    const char* text;
  };
  const auto [type, text] =
      GENERATE(Case{ColumnType::kFloatTensor, "FLOAT#2,2#0.6 0.7 0.8 0.9 "},
               Case{ColumnType::kDoubleTensor, "DOUBLE##1.0E-10 "},
               Case{ColumnType::kIntTensor, "INT#1,1,2#-2147483648 2147483647 "},
               Case{ColumnType::kLongTensor, "LONG#1#-9223372036854775808 "},
               Case{ColumnType::kBoolTensor, "BOOLEAN#2#true false "},
               Case{ColumnType::kByteTensor, "BYTE#2#-128 127 "},
               Case{ColumnType::kUbyteTensor, "UBYTE#2#0 255 "},
               Case{ColumnType::kStringTensor, "STRING#2#2 3 #ab bcd "},
               Case{ColumnType::kStringTensor, "STRING#2,2#0 -1 4 1 # é𝄞x # "},
               Case{ColumnType::kStringTensor, "STRING##3 #a b "},
               Case{ColumnType::kStringTensor, "STRING#3#-1 -1 0 # "},
               Case{ColumnType::kFloatTensor, "FLOAT#0#"},
               Case{ColumnType::kLongTensor, "LONG#3,0,2147483647#"},
               Case{ColumnType::kStringTensor, "STRING#0##"});
  CAPTURE(text);
  CHECK(again(type, text) == text);
  CHECK(again(ColumnType::kTensor, text) == text);
}

TEST_CASE("Texts that are no valid UTF-8 keep their bytes", "[text_form][nested]") {
  const std::string text = "STRING#4#1 2 1 3 #\x80 \xE3\x81 \xFF \xF0\x9D\x84 ";
  CHECK(again(ColumnType::kStringTensor, text) == text);
}

TEST_CASE("A null text is a null", "[text_form][nested]") {
  Buffer bytes;
  take(parse_nested(ColumnType::kStringTensor, "STRING#2#-1 0 # ", bytes));
  const table::NestedView view(bytes.view());
  bool null = false;
  CHECK(view.text(0, null).empty());
  CHECK(null);
  CHECK(view.text(1, null).empty());
  CHECK_FALSE(null);
}

TEST_CASE("Tensor columns take what can be converted without surprise", "[text_form][nested]") {
  CHECK(again(ColumnType::kFloatTensor, "DOUBLE#1#0.1 ") == "FLOAT#1#0.1 ");
  CHECK(again(ColumnType::kFloatTensor, "1, 2.5") == "FLOAT#2#1.0 2.5 ");
  CHECK(again(ColumnType::kDoubleTensor, "FLOAT#1#0.1 ") == "DOUBLE#1#0.10000000149011612 ");
  CHECK(again(ColumnType::kDoubleTensor, "INT#2#1 -2 ") == "DOUBLE#2#1.0 -2.0 ");
  CHECK(again(ColumnType::kDoubleTensor, "UBYTE#1#200 ") == "DOUBLE#1#200.0 ");
  CHECK(again(ColumnType::kDoubleTensor, "1:2") == "DOUBLE#2#0.0 2.0 ");
  CHECK(again(ColumnType::kTensor, "1 2") == "DOUBLE#2#1.0 2.0 ");
  CHECK(again(ColumnType::kTensor, "abc") == "STRING##3 #abc ");
  CHECK(again(ColumnType::kIntTensor, "1 +2,3") == "INT#3#1 2 3 ");
  CHECK(again(ColumnType::kLongTensor, "9223372036854775807") == "LONG#1#9223372036854775807 ");
  CHECK(again(ColumnType::kStringTensor, "a b,c") == "STRING##5 #a b,c ");
  CHECK(again(ColumnType::kStringTensor, "FLOAT#1#1.0 ") == "STRING##12 #FLOAT#1#1.0  ");
}

TEST_CASE("Tensor columns refuse all else with what is wrong", "[text_form][nested]") {
  struct Case {
    ColumnType type;
    const char* text;
    const char* message;
  };
  const auto [type, text, message] = GENERATE(
      Case{ColumnType::kFloatTensor, "INT#1#1 ", "it is a tensor of INT"},
      Case{ColumnType::kDoubleTensor, "BOOLEAN#1#true ", "it is a tensor of BOOLEAN"},
      Case{ColumnType::kIntTensor, "LONG#1#1 ", "it is a tensor of LONG"},
      Case{ColumnType::kIntTensor, "1 2.0", "value 2 is '2.0', expected a whole number from -2"},
      Case{ColumnType::kIntTensor, "2147483648", "value 1 is '2147483648'"},
      Case{ColumnType::kByteTensor, "1 2", "there is no '#'"},
      Case{ColumnType::kUbyteTensor, "UBYTE#1#-1 ", "from 0 to 255"},
      Case{ColumnType::kBoolTensor, "BOOLEAN#1#1 ", "value 1 is '1', expected true or false"},
      Case{ColumnType::kTensor, "float#1#1 ", "'float' is no type of values"},
      Case{ColumnType::kTensor, "FLOAT#1", "there is no '#' behind its shape"},
      Case{ColumnType::kTensor, "FLOAT#a#1 ", "its shape has 'a'"},
      Case{ColumnType::kTensor, "FLOAT#-1#1 ", "its shape has '-1'"},
      Case{ColumnType::kTensor, "FLOAT#1,#1 ", "its shape has ''"},
      Case{ColumnType::kTensor, "FLOAT#2#1 ", "its shape asks for 2 values, found 1"},
      Case{ColumnType::kTensor, "FLOAT#2#1 2 3", "its shape asks for 2 values, found more"},
      Case{ColumnType::kTensor, "FLOAT#9#1 ", "asks for more values than there are"},
      Case{ColumnType::kTensor,
           "FLOAT#2147483647,2147483647,2147483647#1 ",
           "asks for more values than there are"},
      Case{ColumnType::kTensor, "STRING#1#ab ", "no '#' behind the lengths"},
      Case{ColumnType::kTensor, "STRING#1#x #ab ", "'x' is no length"},
      Case{ColumnType::kTensor, "STRING#2#1 #a ", "found 1 lengths"},
      Case{ColumnType::kTensor, "STRING#1#4 #ab ", "text 1 is not 4"},
      Case{ColumnType::kTensor, "STRING#1#1 #ab ", "text 1 is not 1 UTF-16 units long"},
      Case{ColumnType::kTensor, "STRING#1#1 #𝄞 ", "text 1 is not 1 UTF-16 units long"},
      Case{ColumnType::kTensor, "STRING#1#1 #a b", "'b' stands behind its texts"});
  CAPTURE(text);
  CHECK_THAT(again(type, text), Contains("error: ") && Contains(message));
}

TEST_CASE("A parser forgets the value before", "[text_form][nested]") {
  NestedParser parser;
  for (const char* const text :
       {"STRING#2#1 1 #a b ", "1 2 3", "$9$1:1.0", "STRING#1#1 #z ", "INT#2,1#4 5 ", "7:1 8:1"}) {
    Buffer one;
    Buffer other;
    take(parser.parse(ColumnType::kTensor, text, one));
    take(parse_nested(ColumnType::kTensor, text, other));
    CHECK(one.view() == other.view());
  }
}

}  // namespace
}  // namespace alinktf::text_form
