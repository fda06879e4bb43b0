// Rows of keys and values.
#pragma once

#include "kernels/dot_tile.inl"

namespace {

// A row of the type Q8_0: the F16 scales of every 32 elements (the last may be fewer), then the
// elements' bytes.
struct Q8Row {
  const unsigned char *scales, *q;
  static uint64_t scale_bytes(uint64_t head_dim) { return (head_dim + 31) / 32 * 2; }
  static uint64_t bytes(uint64_t head_dim) { return scale_bytes(head_dim) + head_dim; }
  static uint64_t byte_of(uint64_t i) { return i; }  // nearly: the scales shift it
  Q8Row(const unsigned char* row, uint64_t head_dim)
      : scales(row), q(row + scale_bytes(head_dim)) {}
  V load(uint64_t i) const {
    return V::mul(V::broadcast_f16(scales + i / 32 * 2), V::load_i8(q + i));
  }
  V part(uint64_t i, uint64_t n) const {
    unsigned char bytes[16] = {};
    __builtin_memcpy(bytes, q + i, n);
    return V::mul(V::broadcast_f16(scales + i / 32 * 2), V::load_i8(bytes));
  }
};

// Asks for the cache lines of a row's bytes.
inline void prefetch_row(const void* rows, uint64_t byte, uint64_t row_bytes) {
  for (uint64_t i = 0; i < row_bytes; i += 64) __builtin_prefetch(at(rows, byte + i), 0, 2);
}

// Rows that many queries share are opened to floats first, some positions at a time.
constexpr uint64_t kOpenRows = 32, kOpenColumns = 256, kManyQueries = 8;

inline bool can_open(uint64_t head_dim) { return head_dim % 16 == 0 && head_dim <= kOpenColumns; }

// Columns begin..end of n_rows rows, exactly, to rows of head_dim floats; and asks for those of the next.
template <typename Row>
void open_rows(const void* rows, uint64_t n_rows, uint64_t head_dim, uint64_t begin, uint64_t end,
               const void* next, float* open) {
  const uint64_t row_bytes = Row::bytes(head_dim);
  for (uint64_t t = 0; t < n_rows; ++t) {
    prefetch_row(next, t * row_bytes + Row::byte_of(begin), Row::byte_of(end - begin));
    const Row row(at(rows, t * row_bytes), head_dim);
    for (uint64_t i = begin; i < end; i += 16) row.load(i).store(open + t * head_dim + i);
  }
}

}  // namespace
