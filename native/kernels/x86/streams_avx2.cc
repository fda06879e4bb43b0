// Streams read 32 bytes at a time. Compiled with -mavx2.
#include "kernels/streams.inl"

namespace bitnet {
namespace {

typedef uint64_t Words __attribute__((vector_size(32), may_alias));

}  // namespace

uint64_t sum_words_avx2(const void* data, uint64_t bytes) { return sum_words_of<Words>(data, bytes); }

}  // namespace bitnet
