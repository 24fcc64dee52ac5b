#include "job/run_job.hpp"
#include "unit/result.hpp"

#include <catch2/catch.hpp>

#include <functional>

namespace alinktf::job {
namespace {

using Catch::Contains;

/// 10 + 2 = 5 + 1 + 4 + 2; 5 = 3 + 2; 8 = 8.
Counts balanced() {
  return {.read = 10,
          .repeated = 2,
          .sent = 5,
          .dropped = 1,
          .filtered = 4,
          .skipped = 2,
          .received = 3,
          .unread = 2,
          .written = 8,
          .collected = 8};
}

TEST_CASE("Counts that add up pass", "[job][conservation]") {
  take(check_conservation(Counts{}));
  take(check_conservation(balanced()));
}

struct Slip {
  std::uint64_t Counts::*count;
  std::string equation;
};

TEST_CASE("One row more or less anywhere breaks its equation", "[job][conservation]") {
  const std::string in = "read + repeated = sent + dropped + filtered + skipped";
  const std::string across = "sent = received + unread";
  const std::string out = "written = collected";
  const auto slip = GENERATE_COPY(values<Slip>({{&Counts::read, in},
                                                {&Counts::repeated, in},
                                                {&Counts::sent, in},
                                                {&Counts::dropped, in},
                                                {&Counts::filtered, in},
                                                {&Counts::skipped, in},
                                                {&Counts::received, across},
                                                {&Counts::unread, across},
                                                {&Counts::written, out},
                                                {&Counts::collected, out}}));
  for (const std::uint64_t change : {std::uint64_t{1}, ~std::uint64_t{0}}) {  // one more, one less
    Counts counts = balanced();
    counts.*slip.count += change;
    CHECK_THAT(failure(check_conservation(counts), ErrorCode::kInternal),
               Contains("rows do not add up: " + slip.equation));
  }
}

TEST_CASE("Counts that do not add up are told with all counts", "[job][conservation]") {
  Counts counts = balanced();
  counts.collected = 99;
  CHECK_THAT(failure(check_conservation(counts), ErrorCode::kInternal),
             Contains("(read 10, repeated 2, sent 5, dropped 1, filtered 4, skipped 2, received 3, "
                      "unread 2, written 8, collected 99)"));
}

}  // namespace
}  // namespace alinktf::job
