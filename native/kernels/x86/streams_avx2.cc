// Streams read 32 bytes at a time. Compiled with -mavx2.
#include "kernels/streams.inl"

namespace bitnet {

uint64_t sum_words_avx2(const void* data, uint64_t bytes) { return sum_words_of(data, bytes); }

}  // namespace bitnet
