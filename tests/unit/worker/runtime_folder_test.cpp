#include "worker/runtime_folder.hpp"

#include "unit/result.hpp"
#include "unit/sys/scratch.hpp"

#include <catch2/catch.hpp>

#include <chrono>
#include <filesystem>
#include <thread>
#include <vector>

namespace alinktf::worker {
namespace {

namespace fs = std::filesystem;

std::vector<std::string> names_in(const fs::path& folder) {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(folder)) {
    names.push_back(entry.path().filename().string());
  }
  return names;
}

TEST_CASE("The cached runtime is made once, for its owner alone", "[worker][runtime_folder]") {
  const sys::Scratch scratch;
  const std::string first = cached_runtime(scratch / "cache");
  REQUIRE(fs::exists(first + "/start.py"));
  CHECK(fs::status(first).permissions() == fs::perms(0700));
  const auto made = fs::last_write_time(first + "/start.py");
  CHECK(cached_runtime(scratch / "cache") == first);
  CHECK(fs::last_write_time(first + "/start.py") == made);
}

TEST_CASE("Runs that make the cached runtime at once all get it whole",
          "[worker][runtime_folder]") {
  const sys::Scratch scratch;
  constexpr std::size_t kRuns = 8;
  std::vector<std::string> found(kRuns);
  std::vector<std::thread> threads;
  threads.reserve(kRuns);
  for (std::string& each : found) {
    threads.emplace_back([&] { each = cached_runtime(scratch / "cache"); });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
  for (const std::string& each : found) {
    CHECK(each == found.front());
    CHECK(fs::exists(each + "/akdl/models/tf/dnn/__init__.py"));
  }
  CHECK(names_in(scratch / "cache/alinktf").size() == 1);
}

TEST_CASE("A folder that others can write to is not used", "[worker][runtime_folder]") {
  const sys::Scratch scratch;
  const std::string folder = cached_runtime(scratch / "cache");
  const std::string shared = GENERATE("", "/..");
  fs::permissions(folder + shared, fs::perms(0777));
  CHECK(cached_runtime(scratch / "cache").empty());
}

TEST_CASE("Without a place for it there is no cached runtime", "[worker][runtime_folder]") {
  const sys::Scratch scratch;
  CHECK(cached_runtime("").empty());
  CHECK(cached_runtime(scratch.write("file", "")).empty());
}

TEST_CASE("Runtimes of other builds go when they were not used for long",
          "[worker][runtime_folder]") {
  const sys::Scratch scratch;
  const fs::path parent = scratch / "cache/alinktf";
  fs::create_directories(parent / "runtime-old");
  fs::create_directories(parent / "runtime-young");
  fs::create_directories(parent / "other");
  const auto past = fs::file_time_type::clock::now() - std::chrono::hours(24 * 91);
  fs::last_write_time(parent / "runtime-old", past);
  fs::last_write_time(parent / "other", past);
  REQUIRE_FALSE(cached_runtime(scratch / "cache").empty());
  CHECK_FALSE(fs::exists(parent / "runtime-old"));
  CHECK(fs::exists(parent / "runtime-young"));
  CHECK(fs::exists(parent / "other"));
}

}  // namespace
}  // namespace alinktf::worker
