// Memory read as streams (see streams.h), written once for loads of any width.
#pragma once

#include <stdint.h>

namespace {

// A cache line, which the compiler divides into the registers that it may use.
typedef uint64_t Line __attribute__((vector_size(64), may_alias));

inline uint64_t sum_words_of(const void* data, uint64_t bytes) {
  const Line* const lines = static_cast<const Line*>(data);
  const uint64_t n = bytes / sizeof(Line), stream = n / 4;
  Line even = {}, odd = {};
  for (uint64_t i = 0; i < stream; ++i) {
    even += lines[i];
    odd += lines[stream + i];
    even += lines[2 * stream + i];
    odd += lines[3 * stream + i];
  }
  for (uint64_t i = 4 * stream; i < n; ++i) even += lines[i];
  even += odd;
  uint64_t sum = 0;
  for (int word = 0; word < 8; ++word) sum += even[word];
  return sum;
}

}  // namespace
