#include "formats/csv/window.hpp"

#include <cstring>

namespace alinktf::csv {

Result<void> Window::refill(std::size_t most) {
  if (begin_ != 0) {
    bytes_.consume(begin_);
    begin_ = 0;
  }
  char* const to = bytes_.reserve(most + row_delimiter_.size() + kPadding);
  ALINKTF_ASSIGN_OR_RETURN(const std::size_t got, source_->read(to, most));
  bytes_.commit(got);
  if (got == 0) {
    finish();
  }
  pad();
  return {};
}

void Window::split_off(std::size_t size, Buffer& piece) {
  bytes_.consume(begin_);
  begin_ = 0;
  piece.clear();
  piece.append(bytes_.view().substr(size));
  bytes_.truncate(size);
  std::swap(bytes_, piece);
  pad();
}

Buffer Window::exchange(Buffer bytes) {
  std::swap(bytes_, bytes);
  begin_ = 0;
  finish();
  pad();
  return bytes;
}

void Window::finish() {
  is_last_ = true;
  if (size() != 0 && !bytes_.view().ends_with(row_delimiter_)) {
    bytes_.append(row_delimiter_);
  }
}

void Window::pad() {
  std::memset(bytes_.reserve(kPadding), 0, kPadding);
}

}  // namespace alinktf::csv
