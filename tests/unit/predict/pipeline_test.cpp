#include "predict/pipeline.hpp"

#include "unit/predict/sample.hpp"

#include <atomic>
#include <thread>

namespace alinktf::predict {
namespace {

TEST_CASE("Batches come out in the order in which they went in, whoever scores them",
          "[predict][pipeline]") {
  std::vector<std::uint64_t> written;
  std::atomic<int> scored = 0;
  const auto score = [&](Batch& batch) {
    if (batch.numbers.front() % 3 == 0) {
      std::this_thread::yield();
    }
    ++scored;
    return Result<void>();
  };
  const auto pipeline = take(Pipeline::start({score, score, score}, [&](Batch& batch) {
    written.push_back(batch.numbers.front());
    return Result<void>();
  }));
  Batch batch;
  for (std::uint64_t i = 0; i < 500; ++i) {
    batch.numbers = {i};
    batch.rows = 1;
    REQUIRE(pipeline->put(batch));
  }
  take(pipeline->finish());
  REQUIRE(written.size() == 500);
  CHECK(scored == 500);
  for (std::uint64_t i = 0; i < 500; ++i) {
    CHECK(written[i] == i);
  }
}

TEST_CASE("The first batch that fails ends the pipeline, after those before it",
          "[predict][pipeline]") {
  std::vector<std::uint64_t> written;
  const auto pipeline = take(
      Pipeline::start({[](Batch& batch) {
                        return batch.numbers.front() >= 5
                                   ? Result<void>(Error(ErrorCode::kInput,
                                                        "row " + std::to_string(batch.numbers[0])))
                                   : Result<void>();
                      }},
                      [&](Batch& batch) {
                        written.push_back(batch.numbers.front());
                        return Result<void>();
                      }));
  Batch batch;
  bool wanted = true;
  for (std::uint64_t i = 0; i < 100 && wanted; ++i) {
    batch.numbers = {i};
    wanted = pipeline->put(batch);
  }
  CHECK_FALSE(wanted);
  CHECK(failure(pipeline->finish(), ErrorCode::kInput) == "row 5");
  CHECK(written == std::vector<std::uint64_t>{0, 1, 2, 3, 4});
}

TEST_CASE("A pipeline that gets nothing ends", "[predict][pipeline]") {
  const auto pipeline = take(Pipeline::start({[](Batch&) { return Result<void>(); }},
                                             [](Batch&) { return Result<void>(); }));
  take(pipeline->finish());
}

}  // namespace
}  // namespace alinktf::predict
