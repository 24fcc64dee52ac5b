// Little-endian numbers in byte buffers, and the growing buffer that encoders write into.
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string_view>
#include <utility>

namespace alinktf {

static_assert(std::endian::native == std::endian::little, "wire formats are copied as they are");

/// Store `value` at `to`, little endian, unaligned.
template <typename T>
inline void store_le(char* to, T value) {
  std::memcpy(to, &value, sizeof value);
}

/// Read a T from `from`, little endian, unaligned.
template <typename T>
inline T load_le(const char* from) {
  T value;
  std::memcpy(&value, from, sizeof value);
  return value;
}

/// A byte buffer for encoders: reserve room, write through the pointer, commit what was written.
/// Unlike std::string it does not clear memory that is about to be overwritten, and clear() keeps
/// the storage. Move-only; one that was moved from is empty and may be used again.
class Buffer {
 public:
  Buffer() = default;
  Buffer(Buffer&& other) noexcept
      : data_(std::move(other.data_)),
        size_(std::exchange(other.size_, 0)),
        capacity_(std::exchange(other.capacity_, 0)) {}
  Buffer& operator=(Buffer&& other) noexcept {
    data_ = std::move(other.data_);
    size_ = std::exchange(other.size_, 0);
    capacity_ = std::exchange(other.capacity_, 0);
    return *this;
  }
  Buffer(const Buffer&) = delete;
  Buffer& operator=(const Buffer&) = delete;
  ~Buffer() = default;

  /// A pointer to at least `size` writable bytes after the committed ones. Invalidates earlier
  /// pointers.
  char* reserve(std::size_t size) {
    if (capacity_ - size_ < size) {
      grow(size);
    }
    return data_.get() + size_;
  }
  void commit(std::size_t size) { size_ += size; }
  void append(std::string_view bytes) {
    // Unlike memcpy, copy() may be given a null pointer when there is nothing to copy.
    commit(bytes.copy(reserve(bytes.size()), bytes.size()));
  }
  void push_back(char byte) {
    *reserve(1) = byte;
    commit(1);
  }
  void clear() { size_ = 0; }
  /// Forget all but the first `size` bytes.
  void truncate(std::size_t size) { size_ = std::min(size_, size); }
  /// Remove the first `size` bytes, moving the rest to the front.
  void consume(std::size_t size) {
    if (size != 0) {
      std::memmove(data_.get(), data_.get() + size, size_ - size);
      size_ -= size;
    }
  }

  [[nodiscard]] char* data() { return data_.get(); }
  [[nodiscard]] const char* data() const { return data_.get(); }
  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] std::size_t capacity() const { return capacity_; }
  [[nodiscard]] bool empty() const { return size_ == 0; }
  [[nodiscard]] std::string_view view() const { return {data_.get(), size_}; }

 private:
  void grow(std::size_t size) {
    const std::size_t capacity = std::max({capacity_ * 2, size_ + size, std::size_t{256}});
    auto bigger = std::make_unique_for_overwrite<char[]>(capacity);
    if (size_ != 0) {
      std::memcpy(bigger.get(), data_.get(), size_);
    }
    data_ = std::move(bigger);
    capacity_ = capacity;
  }

  std::unique_ptr<char[]> data_;
  std::size_t size_ = 0;
  std::size_t capacity_ = 0;
};

}  // namespace alinktf
