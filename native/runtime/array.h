// An owned, zeroed array of plain data whose allocation fails by returning false.
#ifndef BITNET_RUNTIME_ARRAY_H
#define BITNET_RUNTIME_ARRAY_H

#include <stdint.h>

#include <new>
#include <type_traits>
#include <utility>

#include "runtime/platform.h"

namespace bitnet {

// a * b * c, or UINT64_MAX when it overflows; no memory holds that many bytes.
inline uint64_t saturating_product(uint64_t a, uint64_t b, uint64_t c = 1) {
  uint64_t ab, abc;
  if (__builtin_mul_overflow(a, b, &ab) || __builtin_mul_overflow(ab, c, &abc)) return UINT64_MAX;
  return abc;
}

template <typename T>
class Array {
  static_assert(std::is_trivially_destructible_v<T> && alignof(T) <= 64);

 public:
  Array() = default;
  Array(const Array&) = delete;
  Array& operator=(const Array&) = delete;
  ~Array() { release_memory(data_, bytes_); }

  // Call once. On false the array stays empty.
  [[nodiscard]] bool allocate(uint64_t count) {
    const uint64_t bytes = bytes_for(count);
    void* memory = allocate_zeroed(bytes);
    if (memory == nullptr) return false;
    data_ = static_cast<T*>(memory);
    bytes_ = bytes;
    return true;
  }

  // Bytes of an array of so many elements.
  static uint64_t bytes_for(uint64_t count) { return saturating_product(count, sizeof(T)); }

  void swap(Array& other) {
    std::swap(data_, other.data_);
    std::swap(bytes_, other.bytes_);
  }

  T* data() { return data_; }
  const T* data() const { return data_; }
  T& operator[](uint64_t i) { return data_[i]; }
  const T& operator[](uint64_t i) const { return data_[i]; }
  uint64_t bytes() const { return bytes_; }
  uint64_t size() const { return bytes_ / sizeof(T); }

 private:
  T* data_ = nullptr;
  uint64_t bytes_ = 0;
};

// A T on the heap, NULL when there is no memory; destroy_object frees it (NULL is fine).
template <typename T>
T* make_object() {
  void* memory = allocate_zeroed(sizeof(T));
  return memory == nullptr ? nullptr : new (memory) T();
}

template <typename T>
void destroy_object(T* object) {
  if (object == nullptr) return;
  object->~T();
  release_memory(object, sizeof(T));
}

}  // namespace bitnet

#endif
