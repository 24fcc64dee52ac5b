// Archives: any bytes, and nothing is touched outside the directory that they are unpacked into.
#include "archive/unpack.hpp"
#include "fuzz/fuzz.hpp"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <system_error>

#include <stdlib.h>  // NOLINT: mkdtemp

namespace alinktf::fuzz {
namespace {

namespace fs = std::filesystem;

/// A folder with a file, an archive and the directory to fill, made anew for each input.
class Place {
 public:
  explicit Place(std::string_view archive) {
    std::string path = fs::temp_directory_path().string() + "/alinktf-fuzz-XXXXXX";
    require(::mkdtemp(path.data()) != nullptr, "there is a temporary directory");
    path_ = path;
    fs::create_directories(path_ / "a/b/into");
    std::ofstream(path_ / "a/b/safe") << "safe";
    std::ofstream(path_ / "archive") << archive;
  }
  Place(const Place&) = delete;
  Place& operator=(const Place&) = delete;
  Place(Place&&) = delete;
  Place& operator=(Place&&) = delete;
  ~Place() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }

  [[nodiscard]] std::string archive() const { return path_ / "archive"; }
  [[nodiscard]] std::string into() const { return path_ / "a/b/into"; }
  [[nodiscard]] bool untouched() const {
    std::ifstream file(path_ / "a/b/safe");
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    return text == "safe" && count(path_) == 2 && count(path_ / "a") == 1 &&
           count(path_ / "a/b") == 2;
  }

 private:
  static std::ptrdiff_t count(const fs::path& folder) {
    return std::distance(fs::directory_iterator(folder), fs::directory_iterator());
  }

  fs::path path_;
};

/// Where the links of the tree lead is inside it.
bool links_stay_inside(const fs::path& root) {
  const std::string inside = fs::canonical(root).string();
  std::error_code error;
  for (const auto& entry : fs::recursive_directory_iterator(root)) {
    if (entry.is_symlink(error)) {
      const fs::path target = fs::weakly_canonical(entry.path(), error);
      if (!error && !target.string().starts_with(inside)) {
        return false;
      }
    }
  }
  return true;
}

}  // namespace
}  // namespace alinktf::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace alinktf::fuzz;  // NOLINT(google-build-using-namespace)
  Input input(data, size);
  const Place place(input.rest());
  constexpr std::uint64_t kMostBytes = std::uint64_t{1} << 20U;
  const auto done = alinktf::archive::unpack(
      place.archive(), place.into(), {.bytes = kMostBytes, .entries = 100}, {});
  require(done.ok() || !done.error().str().empty(), "an error says something");
  require(place.untouched(), "nothing outside is touched");
  require(links_stay_inside(place.into()), "links stay inside");
  return 0;
}
