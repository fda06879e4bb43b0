#include "kernels/streams.h"

#include "include/bitnet_kernels.h"
#include "kernels/cpu.h"
#include "kernels/streams.inl"

namespace bitnet {
namespace {

typedef uint64_t Words __attribute__((vector_size(16), may_alias));

}  // namespace

#if defined(BITNET_KERNELS_X86)
uint64_t sum_words_avx2(const void* data, uint64_t bytes);
#endif

uint64_t sum_words(const void* data, uint64_t bytes) {
#if defined(BITNET_KERNELS_X86)
  if ((cpu_features() & BN_CPU_AVX2) != 0) return sum_words_avx2(data, bytes);
#endif
  return sum_words_of<Words>(data, bytes);
}

}  // namespace bitnet
