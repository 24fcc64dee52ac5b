#include "spec/document.hpp"

#include <catch2/catch.hpp>

#include <string>

namespace alinktf::spec {
namespace {

std::string compact(const std::string& text) {
  const auto node = read_json(text);
  return node.ok() ? write_json(node.value()) : node.error().str();
}

TEST_CASE("Numbers keep their own text", "[spec][document]") {
  const auto* literal = GENERATE("0",
                                 "-0",
                                 "16",
                                 "-7",
                                 "1e-3",
                                 "1E+05",
                                 "1.50",
                                 "-0.0",
                                 "12345678901234567890",
                                 "-12345678901234567890",
                                 "123456789012345678901234567890.125");
  CAPTURE(literal);
  CHECK(compact(literal) == literal);
}

TEST_CASE("Compact text has no blanks and keeps the order of keys", "[spec][document]") {
  CHECK(compact(R"( { "b" : [ 1 , 2.0 , [ ] , { } ] , "a" : null, "c": true } )") ==
        R"({"b":[1,2.0,[],{}],"a":null,"c":true})");
  CHECK(compact(R"(["\u00e4\n\"\\", "/"])") == R"(["ä\n\"\\","/"])");
}

TEST_CASE("Comments are allowed", "[spec][document]") {
  CHECK(compact("// first\n{\"a\": /* here */ 1 // last\n}") == R"({"a":1})");
}

TEST_CASE("Syntax errors name line and column", "[spec][document]") {
  CHECK_THAT(compact("{\n  \"a\": 1,\n  \"b\" 2\n}"),
             Catch::StartsWith("line 3, column 7: syntax error"));
  CHECK_THAT(compact("{\"a\": 1,}"), Catch::StartsWith("line 1, column 9: syntax error"));
  CHECK_THAT(compact(""), Catch::StartsWith("line 1, column 1: syntax error"));
  CHECK_THAT(compact("{} {}"), Catch::StartsWith("line 1, column 4: syntax error"));
  CHECK_THAT(compact("{\n/* open"), Catch::StartsWith("line 2, column"));
  CHECK_THAT(compact("[1e999]"),
             Catch::StartsWith("line 1, column") && Catch::Contains("overflow"));
  CHECK_THAT(compact("[\"\xff\"]"),
             Catch::StartsWith("line 1, column 3:") && Catch::Contains("UTF-8"));
}

TEST_CASE("Columns of syntax errors count characters", "[spec][document]") {
  CHECK_THAT(compact("{\"ä€\" 1}"), Catch::StartsWith("line 1, column 7: "));
  CHECK_THAT(compact("\xef\xbb\xbf{,}"), Catch::StartsWith("line 1, column 2: "));
}

TEST_CASE("Documents that are nested without end are refused", "[spec][document]") {
  CHECK_THAT(compact(std::string(100'000, '[')), Catch::Contains("more than 100 levels deep"));
  CHECK(read_json(std::string(100, '[') + std::string(100, ']')).ok());
}

TEST_CASE("Places are JSON pointers", "[spec][document]") {
  auto parsed = read_json(R"({"a/b": [0, {"c~d": 1}]})");
  REQUIRE(parsed.ok());
  Node node = std::move(parsed).value();
  set_places(node, "");
  CHECK(node.children[0].place == "/a~1b");
  CHECK(node.children[0].children[1].children[0].place == "/a~1b/1/c~0d");
}

TEST_CASE("Doubled keys are all kept", "[spec][document]") {
  CHECK(compact(R"({"a": 1, "a": 2})") == R"({"a":1,"a":2})");
}

}  // namespace
}  // namespace alinktf::spec
