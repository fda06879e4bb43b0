// Memory read as streams (see streams.h), written once for loads of any width.
#pragma once

#include <stdint.h>

namespace {

// Vector is as wide as a load: gcc 12 keeps sums of wider ones in memory.
template <typename Vector>
inline uint64_t sum_words_of(const void* data, uint64_t bytes) {
  const Vector* const p = static_cast<const Vector*>(data);
  const uint64_t n = bytes / sizeof(Vector), stream = n / 4;
  Vector a = {}, b = {}, c = {}, d = {};
  for (uint64_t i = 0; i < stream; ++i) {
    a += p[i];
    b += p[stream + i];
    c += p[2 * stream + i];
    d += p[3 * stream + i];
  }
  for (uint64_t i = 4 * stream; i < n; ++i) a += p[i];
  a += b + c + d;
  uint64_t sum = 0;
  for (uint64_t i = 0; i < sizeof a / sizeof sum; ++i) sum += a[i];
  return sum;
}

}  // namespace
