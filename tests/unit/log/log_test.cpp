#include "log/log.hpp"

#include "unit/log/stderr_of.hpp"

namespace alinktf::log {
namespace {

TEST_CASE("A message is one line with time and level", "[log]") {
  const std::string text = stderr_of([] {
    init(Level::kInfo);
    message(Level::kWarn, "disk is {nearly} full");
  });
  CHECK_THAT(text,
             Catch::Matches(
                 R"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z warning disk is \{nearly\} full\n)"));
}

TEST_CASE("A carriage return in a message hides nothing of it", "[log]") {
  const std::string text = stderr_of([] {
    init(Level::kInfo);
    message(Level::kError, "worker:0: half\rhalf");
  });
  CHECK_THAT(text, Catch::Matches("[^ ]+ error worker:0: half half\n"));
}

TEST_CASE("Levels below the one asked for are silent", "[log]") {
  const std::string text = stderr_of([] {
    init(Level::kInfo);
    message(Level::kTrace, "t");
    message(Level::kDebug, "d");
    message(Level::kInfo, "i");
    message(Level::kError, "e");
  });
  CHECK_THAT(text, Catch::Matches("[^ ]+ info i\n[^ ]+ error e\n"));
}

TEST_CASE("A level can be as low as trace", "[log]") {
  const std::string text = stderr_of([] {
    init(Level::kTrace);
    message(Level::kTrace, "t");
  });
  CHECK_THAT(text, Catch::EndsWith(" trace t\n"));
}

TEST_CASE("A raw line is written as it is whatever the level", "[log]") {
  const std::string bytes("\xFF a\0b", 5);
  CHECK(stderr_of([&] {
          init(Level::kError);
          raw_line(bytes);
        }) == bytes + "\n");
}

}  // namespace
}  // namespace alinktf::log
