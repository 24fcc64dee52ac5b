// What a task says on the control channel; and what the runner says is read as it was meant.
#include "fuzz/fuzz.hpp"
#include "worker/message.hpp"

#include <nlohmann/json.hpp>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace alinktf;  // NOLINT(google-build-using-namespace)
  const std::string_view text = fuzz::Input(data, size).rest();
  const auto message = worker::parse_message(text);
  if (message.ok()) {
    fuzz::require(nlohmann::json::parse(text).is_object(), "a message is an object");
  } else {
    fuzz::require(message.error().code() == ErrorCode::kWorker, "a bad message is the worker's");
  }
  const std::string line = worker::line_of("abort", "text", text);
  fuzz::require(line.find('\n') == line.size() - 1, "a message is one line");
  const auto again = worker::parse_message(line);
  fuzz::require(again.ok() && again.value().type == "abort", "what is written is read");
  fuzz::require(nlohmann::json(std::string(text))
                        .dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) ==
                    nlohmann::json(again.value().text).dump(),
                "texts are kept, with replacements for what is not UTF-8");
  return 0;
}
