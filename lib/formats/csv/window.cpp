#include "formats/csv/window.hpp"

#include <fmt/format.h>

#include <cstring>

namespace alinktf::csv {

namespace {

constexpr std::size_t kReadBytes = std::size_t{1} << 16U;

}  // namespace

Result<void> Window::refill() {
  if (begin_ != 0) {
    bytes_.consume(begin_);
    begin_ = 0;
  }
  char* const to = bytes_.reserve(kReadBytes + row_delimiter_.size() + kPadding);
  ALINKTF_ASSIGN_OR_RETURN(const std::size_t got, source_->read(to, kReadBytes));
  bytes_.commit(got);
  if (got == 0) {
    is_last_ = true;
    if (!bytes_.empty() && !bytes_.view().ends_with(row_delimiter_)) {
      bytes_.append(row_delimiter_);
    }
  }
  std::memset(bytes_.reserve(kPadding), 0, kPadding);
  return {};
}

}  // namespace alinktf::csv
