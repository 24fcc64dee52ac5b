#include "worker/line_splitter.hpp"

#include <utility>

namespace alinktf::worker {

void LineSplitter::add(std::string_view bytes) {
  while (!bytes.empty()) {
    const std::size_t end = bytes.find('\n');
    if (end == std::string_view::npos) {
      partial_.append(bytes);
      if (partial_.size() >= kLongestLine) {
        finish();
        cut_ = true;
      }
      return;
    }
    if (partial_.empty()) {
      if (end != 0 || !cut_) {  // else the line was handed on in pieces already
        handler_(bytes.substr(0, end));
      }
    } else {
      partial_.append(bytes.substr(0, end));
      handler_(std::exchange(partial_, {}));
    }
    cut_ = false;
    bytes.remove_prefix(end + 1);
  }
}

void LineSplitter::finish() {
  if (!partial_.empty()) {
    handler_(std::exchange(partial_, {}));
  }
}

}  // namespace alinktf::worker
