#include "formats/jsonl/window.hpp"

#include <cstring>

namespace alinktf::jsonl {

namespace {

constexpr std::size_t kReadBytes = std::size_t{1} << 16U;

}  // namespace

bool Window::has_line() const {
  const std::size_t found = bytes_.view().find('\n', searched_);
  searched_ = found == std::string_view::npos ? bytes_.size() : found;
  return found != std::string_view::npos;
}

std::optional<Line> Window::next() {
  if (!has_line()) {
    return std::nullopt;
  }
  const Line line{.begin = bytes_.data() + begin_, .end = bytes_.data() + searched_};
  begin_ = searched_ + 1;
  searched_ = begin_;
  return line;
}

Result<bool> Window::refill() {
  if (is_last_) {
    return false;
  }
  bytes_.consume(begin_);
  searched_ -= begin_;
  begin_ = 0;
  char* const to = bytes_.reserve(kReadBytes + kPadding);
  ALINKTF_ASSIGN_OR_RETURN(const std::size_t got, source_->read(to, kReadBytes));
  bytes_.commit(got);
  if (got == 0) {
    is_last_ = true;
    if (!bytes_.empty()) {  // what is left is a line without its line feed
      bytes_.push_back('\n');
    }
  }
  std::memset(bytes_.reserve(kPadding), 0, kPadding);
  return true;
}

}  // namespace alinktf::jsonl
