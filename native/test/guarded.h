// Buffers that end, or begin, at a page no one may touch: a read or write of one byte too many ends
// the test program.
#ifndef BITNET_TEST_GUARDED_H
#define BITNET_TEST_GUARDED_H

#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <vector>

enum class Guard { kAfter, kBefore };

template <typename T>
class Guarded {
 public:
  Guarded(uint64_t n, Guard guard) : n_(n) {
    const uint64_t page = static_cast<uint64_t>(sysconf(_SC_PAGESIZE));
    const uint64_t used = (n * sizeof(T) + page - 1) / page * page;
    bytes_ = used + 2 * page;
    void* memory = mmap(nullptr, bytes_, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) std::abort();
    base_ = static_cast<uint8_t*>(memory);
    if (used > 0 && mprotect(base_ + page, used, PROT_READ | PROT_WRITE) != 0) std::abort();
    uint8_t* first = base_ + page;
    data_ = reinterpret_cast<T*>(guard == Guard::kBefore ? first : first + used - n * sizeof(T));
  }
  Guarded(const std::vector<T>& values, Guard guard) : Guarded(values.size(), guard) {
    if (n_ > 0) std::memcpy(data_, values.data(), n_ * sizeof(T));
  }
  Guarded(const Guarded&) = delete;
  Guarded& operator=(const Guarded&) = delete;
  ~Guarded() { munmap(base_, bytes_); }

  T* data() { return data_; }
  uint64_t size() const { return n_; }
  uint64_t bytes() const { return n_ * sizeof(T); }
  T& operator[](uint64_t i) { return data_[i]; }

 private:
  uint64_t n_, bytes_;
  uint8_t* base_;
  T* data_;
};

#endif
