// Job files with overrides: the job, or problems of the job file, one a line.
#include "fuzz/fuzz.hpp"
#include "spec/spec.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace alinktf;  // NOLINT(google-build-using-namespace)
  fuzz::Input input(data, size);
  spec::Context context;
  context.file = "job.json";
  context.directory = "/nowhere/job";
  context.working_directory = "/nowhere";
  context.environment = [](const std::string& name) {
    return name.size() % 2 == 0 ? std::optional<std::string>("two words") : std::nullopt;
  };
  for (std::uint8_t count = input.byte() % 4U; count > 0; --count) {
    const std::string key(input.until('\n'));
    context.overrides.push_back({.key = key, .value = std::string(input.until('\n'))});
  }
  const auto job = spec::parse(input.rest(), context);
  if (!job.ok()) {
    const std::string text = job.error().str();
    fuzz::require(job.error().code() == ErrorCode::kSpec, "a bad job file is a spec error");
    fuzz::require(!text.empty() && text.find("\n\n") == std::string::npos, "one problem a line");
  }
  return 0;
}
